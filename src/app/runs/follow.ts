import { followJob } from "../../azureml/history/follow.ts";
import { runAdvice } from "../../azureml/refusals/step_failures.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import type { AppContext, FollowedEvent } from "../context.ts";
import type { Board, JobEnding } from "../step_board.ts";

/** Which run to follow, and for how long. */
export interface FollowRunOptions {
  /** Its name in Azure ML. */
  readonly name: string;
  /** Its name in azureml.yml, when it is known. */
  readonly job?: string;
  /** The state of its steps, which is kept up to date; may hold the steps already. */
  readonly board: Board;
  /** Whether to report what running steps log. */
  readonly logs?: boolean;
  /** Seconds. */
  readonly timeout?: number | undefined;
  /** Called with the end of the run, before anything else is done with it. */
  readonly onEnd?: (end: JobEnding) => Promise<void>;
}

/** How a run that was followed ended. */
export interface FollowedRun {
  /** Its name in azureml.yml; its name in Azure ML when it has no other. */
  readonly job: string;
  /** Its name in Azure ML. */
  readonly name: string;
  readonly status: string;
  readonly durationMs: number;
}

/**
 * Follows a run to its end and reports what happens meanwhile.
 *
 * @throws {UserError} `job.timed_out`.
 */
export async function follow(
  ctx: AppContext,
  workspace: Workspace,
  options: FollowRunOptions,
): Promise<FollowedRun> {
  const { name, job, timeout, board, logs = false } = options;
  const title = job === undefined ? name : `${job} (${name})`;
  const report = (event: FollowedEvent["event"], advice?: string) =>
    ctx.report({ type: "follow", name, title, board, logs, event, advice });
  const steps = board.steps();
  const known = steps.length === 0 ? {} : { steps };
  const limits = { timeoutMs: timeout === undefined ? undefined : timeout * 1000, logs, tickMs: ctx.tickMs };
  const pace = ctx.pollMs === undefined ? {} : { firstWaitMs: ctx.pollMs, longestWaitMs: ctx.pollMs };
  try {
    for await (const event of followJob(workspace, name, { ...limits, ...pace, ...known })) {
      board.take(event);
      await report(event, adviceFor(event, workspace));
      if (event.type === "end") {
        await options.onEnd?.(event);
        return { job: job ?? name, name, status: event.status, durationMs: event.durationMs };
      }
    }
  } finally {
    await report({ type: "closed" });
  }
  throw new Error(`Job ${name} ended without a final status`);
}

/** What to do about a step that failed, when its message or log is one that we know. */
function adviceFor(event: FollowedEvent["event"], { config: workspace }: Workspace): string | undefined {
  if (event.type !== "failure") return undefined;
  const { run, failure } = event;
  return runAdvice(`${failure.message}\n${failure.logTail}`, { compute: run.compute, workspace });
}
