import { exitOf, type FollowEvent, followJob } from "../azureml/follow.ts";
import { runAdvice } from "../azureml/run_advice.ts";
import type { Workspace } from "../azureml/workspace.ts";
import type { Context } from "../context.ts";
import type { Board } from "./board.ts";
import type { Output } from "./output.ts";
import { openProgress, showFollow } from "./progress.ts";
import { renderEnd } from "./render/job.ts";

/** Which job is followed, and for how long. */
export interface FollowingOptions {
  /** Its name in Azure ML. */
  readonly name: string;
  /** Its name in azureml.yml, where it is known. */
  readonly job?: string;
  /** Kept up to date; holds the steps that are known beforehand. */
  readonly board: Board;
  /** Whether to show what running steps log. */
  readonly logs?: boolean;
  /** Seconds. */
  readonly timeout?: number | undefined;
  readonly json?: boolean;
  /** Told how the job ended, before anybody else. */
  readonly onEnd?: (end: JobEnding) => Promise<void>;
}

/** How a job ended. */
export type JobEnding = Extract<FollowEvent, { type: "end" }>;

/**
 * Follows a job to its end and shows what happens meanwhile.
 *
 * @throws {UserError} `job.timed_out`.
 */
export async function follow(ctx: Context, workspace: Workspace, options: FollowingOptions): Promise<Output> {
  const { name, job, timeout, board, logs } = options;
  const progress = openProgress(ctx, options);
  const show = showFollow(progress);
  const timeoutMs = timeout === undefined ? undefined : timeout * 1000;
  const steps = board.steps();
  const known = steps.length === 0 ? {} : { steps };
  for await (const event of followJob(workspace, name, { timeoutMs, logs, ...known })) {
    board.take(event);
    if (event.type === "end") {
      await options.onEnd?.(event);
      return renderEnd({ ...event, ...(job === undefined ? {} : { job }), name }, exitOf(event.status));
    }
    show(event);
    if (event.type !== "failure") continue;
    const { run, failure } = event;
    const advice = runAdvice(`${failure.message}\n${failure.logTail}`, {
      compute: run.compute,
      workspace: workspace.config,
    });
    if (advice !== undefined) progress.say(`hint: ${advice}`, { type: "advice", step: run.step, advice });
  }
  throw new Error(`Job ${name} was followed to no end`);
}
