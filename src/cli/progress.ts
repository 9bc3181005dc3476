import type { FollowEvent } from "../azureml/follow.ts";
import type { StepRun } from "../azureml/run_history.ts";
import type { SubmitEvent } from "../azureml/submit.ts";
import type { OnRetry } from "../azure_http.ts";
import type { Context } from "../context.ts";
import { renderWarning } from "./render/error.ts";
import { paint } from "./render/paint.ts";
import { countText, durationText, sizeText } from "./render/units.ts";

type Showing = Pick<Context, "terminal" | "clock">;

/** Says what happens on standard error: in a log a line each; on a terminal, lines that only count are replaced. */
export function say({ terminal }: Pick<Context, "terminal">, text: string): void {
  terminal.err(terminal.color ? paint(text) + "\n" : text + "\n");
}

/** Shows what happens while jobs are submitted. */
export function showSubmit(ctx: Showing): (event: SubmitEvent) => void {
  const counter = lastLine(ctx);
  return (event) => {
    switch (event.type) {
      case "workspace":
        return counter.line(
          `✓ Workspace ${event.workspace}${event.location === undefined ? "" : ` in ${event.location}`}`,
        );
      case "compute":
        return counter.line(`✓ Compute ${event.name}`);
      case "environment":
        return counter.line(
          `✓ Environment ${event.shown}${event.shown === event.asked ? "" : ` for ${event.asked}`}`,
        );
      case "data":
        return counter.line(
          `✓ Data asset ${event.id.split("/data/")[1]!.replace("/versions/", ":")} for ${event.path}`,
        );
      case "upload":
        return counter.count(
          `  Uploaded ${countText(event.files, "file")}, ${sizeText(event.sentBytes)}: ${event.name}`,
        );
      case "code":
        return counter.line(
          `✓ Code, ${countText(event.files, "file")}${
            event.wasThere ? ": already in the workspace, nothing sent" : ": uploaded"
          }`,
        );
      case "component":
        return counter.count(
          `  Registered ${event.done} of ${countText(event.total, "component")}`,
          event.done === event.total,
        );
      case "sending":
        return counter.line(`Submitting job "${event.job}" as ${event.name}`);
    }
  };
}

/** Shows each change of a job and of its steps. */
export function showFollow(ctx: Showing): (event: FollowEvent) => void {
  return (event) => {
    if (event.type === "status") say(ctx, `  Job ${event.job}: ${event.status}`);
    else if (event.type === "step") say(ctx, stepLine(event.run));
    else if (event.type === "warning") say(ctx, renderWarning(event.warning).text.trimEnd());
    else if (event.type === "failure") {
      const { message, logName, logTail } = event.failure;
      say(ctx, `✗ Step ${event.run.step}: ${message ?? "Azure gives no reason"}`);
      if (logTail) say(ctx, `  The end of ${logName}:\n${logTail.replace(/^/gm, "  │ ")}`);
    }
  };
}

function stepLine({ step, status, compute, startedAt, endedAt }: StepRun): string {
  const mark = { Completed: "✓", Failed: "✗", Canceled: "✗", NotResponding: "✗" }[status] ?? " ";
  const took = startedAt && endedAt ? ` in ${durationText(endedAt.getTime() - startedAt.getTime())}` : "";
  const where = status === "Running" && compute ? ` on ${compute}` : "";
  return `${mark} ${step}: ${status}${where}${took}`;
}

/** Says that a request is tried again, when that takes a while. */
export function showRetry(ctx: Pick<Context, "terminal">): OnRetry {
  return ({ url, status, waitMs }) => {
    if (waitMs < 2000) return;
    const why = status === undefined ? "gave no answer" : `answered with ${status}`;
    say(ctx, `  ${new URL(url).host} ${why}; trying again in ${durationText(waitMs)}`);
  };
}

/** The last line of a terminal, which a counting line may replace; in a log only the last count is written. */
function lastLine(ctx: Pick<Context, "terminal">) {
  const { terminal } = ctx;
  let counting = false;
  const clear = () => {
    if (counting) terminal.err("\r\x1b[K");
    counting = false;
  };
  return {
    line(text: string) {
      clear();
      say(ctx, text);
    },
    count(text: string, isLast = false) {
      clear();
      if (isLast) return say(ctx, text);
      if (terminal.columns === undefined) return;
      terminal.err(text.slice(0, terminal.columns - 1));
      counting = true;
    },
  };
}
