import type { AppEvent, Report } from "../../app/context.ts";
import type { Context } from "../../core/context.ts";
import { shownName } from "../../core/text/sanitize.ts";
import { describeIdentity } from "../../app/identity.ts";
import { countText, durationText, sizeText, timeText } from "../text/units.ts";
import { showFollow } from "./follow_events.ts";
import type { Progress } from "./progress.ts";

/** Shows what a command reports while it works. */
export function showEvents(
  ctx: Pick<Context, "terminal" | "clock" | "env">,
  progress: Progress,
  options: { readonly json?: boolean; readonly verbose?: boolean },
): Report {
  const follow = showFollow(ctx, progress, options);
  return (event) => {
    switch (event.type) {
      case "warning":
        return progress.warn(event.warning);
      case "follow":
        return follow(event);
      case "upload":
        return progress.count(uploadLine(event), false);
      case "component":
        return progress.count(componentLine(event), event.done === event.total);
      case "cache":
        if (options.verbose) progress.say(`  ${event.message}`, event);
        return;
      case "retry":
        if (event.waitMs >= LONG_WAIT_MS) progress.say(retryLine(event), retryData(event));
        return;
      case "identity":
        return progress.say(`✓ ${describeIdentity(event.identity, event.members)}`, {
          type: "identity",
          ...event.identity,
        });
      default:
        progress.say(eventLine(event), eventData(event));
    }
  };
}

/** Milliseconds of waiting for another attempt from which on it is worth a line. */
const LONG_WAIT_MS = 2000;

/** An event that is one line, and nothing more. */
type LineEvent = Exclude<
  AppEvent,
  { readonly type: "warning" | "cache" | "follow" | "upload" | "component" | "retry" | "identity" }
>;

function uploadLine({ files, sentBytes, name }: Extract<AppEvent, { type: "upload" }>): string {
  return `  Uploaded ${countText(files, "file")}, ${sizeText(sentBytes)}: ${shownName(name)}`;
}

function componentLine({ done, total }: Extract<AppEvent, { type: "component" }>): string {
  return done === total
    ? `✓ Registered ${countText(total, "component")}`
    : `  Registered ${done} of ${countText(total, "component")}`;
}

type RetryEvent = Extract<AppEvent, { type: "retry" }>;

function retryLine({ url, status, waitMs }: RetryEvent): string {
  const why = status === undefined ? "gave no answer" : `answered with ${status}`;
  return `  ${new URL(url).host} ${why}; trying again in ${durationText(waitMs)}`;
}

function retryData({ type, url, status, waitMs }: RetryEvent): unknown {
  return { type, host: new URL(url).host, status, waitMs };
}

function eventLine(event: LineEvent): string {
  switch (event.type) {
    case "workspace":
      return `✓ Workspace ${event.workspace}${event.location === undefined ? "" : ` in ${event.location}`}`;
    case "compute":
      return `✓ Compute ${event.name}`;
    case "environment":
      return `✓ Environment ${event.shown}${event.shown === event.asked ? "" : ` for ${event.asked}`}`;
    case "data":
      return `✓ Data asset ${event.id.split("/data/")[1]!.replace("/versions/", ":")} for ${event.path}`;
    case "code":
      return `✓ Code, ${countText(event.files, "file")}, ${sizeText(event.sizeBytes)}: ${
        event.wasThere ? "in the workspace already, nothing sent" : "uploaded"
      }`;
    case "sending":
      return `  Submitting job ${event.job} as ${event.name}`;
    case "rerun":
      return `  Submitting job ${event.job} as ${event.name}`;
    case "print":
      return event.text;
    case "compiled":
      return `✓ Project ${event.project}, environment ${event.env}: job ${event.job} has ${
        countText(event.steps, "step")
      } of pipeline ${event.pipeline}`;
    case "package":
      return packageLine(event);
    case "cancelled_previous":
      return `✓ Job ${event.name} of ${event.run} is asked to stop`;
    case "last_job":
      return `  Job ${event.name}, the last submitted from here: ${event.job}, ${timeText(event.at)}`;
    case "downloaded":
      return `✓ ${event.shown}: ${event.wasThere ? "there already" : sizeText(event.sizeBytes)}${
        event.asset === undefined ? "" : `, of ${event.asset}`
      }`;
  }
}

function packageLine(
  { jobs, project, env, madeBy, sha256, isEnforced }: Extract<AppEvent, { type: "package" }>,
) {
  const known = isEnforced
    ? "it is the one of `--sha256`"
    : "integrity only: `--sha256` would tell that it is the one that was packed";
  return `✓ Package of ${
    countText(jobs.length, "job")
  } of project ${project}, environment ${env}, packed by ${madeBy}\n` +
    `  SHA-256 ${sha256}; ${known}`;
}

/** The event as `--json` has it. */
function eventData(event: LineEvent): unknown {
  switch (event.type) {
    case "rerun":
      return { ...event, type: "sending" };
    case "compiled":
      return { type: event.type, job: event.job, steps: event.steps };
    case "cancelled_previous":
      return { type: event.type, name: event.name };
    case "last_job":
      return { ...event, type: "job" };
    case "downloaded": {
      const { shown: _, ...data } = event;
      return data;
    }
    default:
      return event;
  }
}
