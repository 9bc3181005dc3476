import { followJob } from "../../azureml/history/follow.ts";
import type { FollowEvent } from "../../azureml/history/follow_event.ts";
import { exitOfJob } from "../exit_status.ts";
import { runAdvice } from "../../azureml/refusals/step_failures.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import type { Context } from "../../core/context.ts";
import type { Board } from "./step_board.ts";
import { isLive, isSaidAbove, openLiveTable } from "../../cli/terminal/live_table.ts";
import type { Output } from "../../cli/command/output.ts";
import { openProgress, type Progress, showFollow } from "../../cli/terminal/progress.ts";
import { renderEnd } from "../../cli/job/job_text.ts";

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
  const { name, job, timeout, board, logs, json } = options;
  const progress = openProgress(ctx, options);
  const show = showFollow(progress, { logs });
  const isOnTerminal = isLive(ctx, json);
  const title = job === undefined ? name : `${job} (${name})`;
  const table = openLiveTable(ctx, board, { name, title, share: logs ? 0.5 : 1 });
  const steps = board.steps();
  const known = steps.length === 0 ? {} : { steps };
  const limits = { timeoutMs: timeout === undefined ? undefined : timeout * 1000, logs };
  const tickMs = isOnTerminal ? TICK_MS : undefined;
  try {
    for await (const event of followJob(workspace, name, { ...limits, ...known, tickMs })) {
      board.take(event);
      if (event.type === "end") {
        if (isOnTerminal) await table.draw();
        await options.onEnd?.(event);
        return renderEnd({ ...event, ...(job === undefined ? {} : { job }), name }, exitOfJob(event.status));
      }
      if (!isOnTerminal || isSaidAbove(event)) show(event);
      if (event.type === "failure") advise(progress, event, workspace);
      if (isOnTerminal) await table.draw();
    }
  } finally {
    await table.close();
  }
  throw new Error(`Job ${name} was followed to no end`);
}

function advise(
  progress: Progress,
  { run, failure }: Extract<FollowEvent, { type: "failure" }>,
  { config: workspace }: Workspace,
): void {
  const text = `${failure.message}\n${failure.logTail}`;
  const advice = runAdvice(text, { compute: run.compute, workspace });
  if (advice !== undefined) progress.say(`hint: ${advice}`, { type: "advice", step: run.step, advice });
}

/** Milliseconds between two drawings of the table while nothing changes but the time. */
const TICK_MS = 1000;
