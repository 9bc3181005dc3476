import { failedNode } from "../../azureml/service/history/node_lines.ts";
import type { RunRef, RunStatus, StepState } from "../../core/run.ts";
import { saidOf } from "../../azureml/service/history/run_history.ts";
import { followJob } from "../../azureml/service/history/follow.ts";
import type { MainMetric } from "../../azureml/service/history/job_metrics.ts";
import { runAdvice } from "../../azureml/service/refusals/step_advice.ts";
import type { Workspace } from "../../azureml/service/client/workspace.ts";
import type { JobStep } from "../../azureml/job/steps.ts";
import type { AppContext, FollowedEvent } from "../context.ts";
import type { Board, JobEnding } from "../step_board.ts";

/** How long to follow runs, and what to report. */
export interface FollowRequest {
  /** Maximum time in milliseconds (default: none). */
  readonly timeoutMs?: number | undefined;
  /** Whether to report the log lines of running steps. */
  readonly logs?: boolean;
}

const PATIENCE = 10;

/** Options for {@linkcode follow}. */
export interface FollowRunOptions extends FollowRequest {
  /** Name in Azure ML. */
  readonly name: string;
  /** Name in azureml.yml, if known. */
  readonly job?: string;
  /** Kept up to date with the steps of the run; may already list them. */
  readonly board: Board;
  /** Awaited after the last event has been reported, before `follow` returns. */
  readonly onEnd?: (end: JobEnding) => Promise<void>;
}

/** A followed run that has ended. */
export interface FollowedRun extends RunRef {
  readonly status: RunStatus;
  readonly durationMs: number;
  /** In graph order. */
  readonly steps: readonly StepState[];
  /** What its steps logged to MLflow, the most telling first. */
  readonly metrics: readonly MainMetric[];
}

/** Follows a run until it ends, and reports its events. @throws {UserError} `job.timed_out`, `job.not_found`, `azure.*`. */
export async function follow(
  ctx: AppContext,
  workspace: Workspace,
  options: FollowRunOptions,
): Promise<FollowedRun> {
  const { name, job, timeoutMs, board, logs = false } = options;
  const title = job === undefined ? name : `${job} (${name})`;
  const report = (event: FollowedEvent["event"]) =>
    ctx.report({ type: "follow", name, title, board, logs, event, ...explained(event, workspace) });
  const steps = board.steps().map(({ nodes, ...step }): JobStep => ({
    ...step,
    ...(nodes && { nodes: nodes.map(({ name }) => name) }),
  }));
  const withSteps = steps.length === 0 ? {} : { steps };
  const limits = { timeoutMs, logs, tickMs: ctx.tickMs };
  const { pollMs } = ctx;
  // An emulator on this machine shares its processors with the steps.
  const pace = pollMs === undefined ? {} : { firstWaitMs: pollMs, longestWaitMs: pollMs, patience: PATIENCE };
  try {
    for await (const event of followJob(workspace, name, { ...limits, ...pace, ...withSteps })) {
      board.take(event);
      await report(event);
      if (event.type === "end") {
        await options.onEnd?.(event);
        return {
          job: job ?? name,
          name,
          status: event.status,
          durationMs: event.durationMs,
          steps: board.steps(),
          metrics: board.metrics(),
        };
      }
    }
  } finally {
    await report({ type: "closed" });
  }
  throw new Error(`Job ${name} ended without a final status`);
}

/** What to do about a failed step, if its message or log matches a known problem, and the node that failed. */
function explained(
  event: FollowedEvent["event"],
  { config: workspace }: Workspace,
): Pick<FollowedEvent, "advice" | "failedNode"> {
  if (event.type !== "failure") return {};
  const { run, failure } = event;
  const advice = runAdvice(saidOf(failure), { compute: run.compute, workspace });
  return { advice, failedNode: failedNode(failure.logTail) };
}

/** Runs several generators in parallel and yields their values in the order of arrival. */
export async function* interleaved<T>(all: readonly AsyncGenerator<T>[]): AsyncIterable<T> {
  const next = (source: AsyncGenerator<T>) => source.next().then((result) => ({ source, result }));
  const waiting = new Map(all.map((source) => [source, next(source)]));
  while (waiting.size > 0) {
    const { source, result } = await Promise.race(waiting.values());
    if (result.done) waiting.delete(source);
    else {
      waiting.set(source, next(source));
      yield result.value;
    }
  }
}
