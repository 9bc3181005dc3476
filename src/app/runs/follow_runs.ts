import type { Workspace } from "../../azureml/client/workspace.ts";
import type { JobStep } from "../../azureml/job/steps.ts";
import { type Board, followJob, type JobEnding, openBoard } from "../../azureml/runs/follow_job.ts";
import { studioUrl } from "../../azureml/runs/jobs.ts";
import type { MainMetric } from "../../azureml/runs/metrics.ts";
import { explained, openRun } from "../../azureml/runs/open_run.ts";
import type { PlannedRerun } from "../../azureml/submit/rerun.ts";
import type { SubmittedJob } from "../../azureml/submit/submit.ts";
import type { WorkspaceConfig } from "../../config/schema.ts";
import { type UserError, userErrorOf } from "../../core/errors.ts";
import type { RunRef, RunStatus, SentRun, StepState } from "../../core/runs.ts";
import type { AppContext, FollowedEvent } from "../context.ts";
import type { StepResult } from "./step_results.ts";
import { openLedger } from "./ledger.ts";
import type { RunTarget } from "./targets.ts";

/**
 * Follows several runs in parallel until they end.
 *
 * @throws {UserError} `interrupted`, which says how to resume or to stop the jobs, `job.timed_out`, `job.not_found`.
 */
export async function* followRuns(
  ctx: AppContext,
  jobs: readonly RunTarget[],
  options: FollowRequest & {
    readonly cancelOnInterrupt?: boolean | undefined;
  },
): AsyncIterable<RunResult> {
  const ledger = openLedger(ctx, { ...options, env: "" });
  try {
    const boards = jobs.map((job) => ({ ...job, board: openBoard() }));
    for (const { name, job = name, workspace, board } of boards) {
      const taken = { job, name, studioUrl: studioUrl(workspace, name), status: "Unknown", board };
      await ledger.accepted(taken, workspace);
    }
    yield* interleaved(
      boards.map(async function* ({ name, job, workspace, board }): AsyncGenerator<RunResult> {
        const named = job === undefined ? {} : { job };
        const onEnd = ledger.ended;
        yield {
          type: "ended",
          run: await follow(ctx, workspace, { ...options, name, ...named, board, onEnd }),
        };
      }),
    );
  } catch (thrown) {
    throw await ledger.errorOf(thrown);
  } finally {
    await ledger.close();
  }
}

export interface RepeatedRun extends SentRun {
  readonly status: RunStatus;
  /** Whether the same run already existed, so that nothing was sent. */
  readonly wasThere: boolean;
  /** Name in Azure ML of the run that it repeats. */
  readonly of: string;
  readonly planned: PlannedRerun;
}

export type RunResult =
  | { readonly type: "submitted"; readonly job: SubmittedJob; readonly workspace: WorkspaceConfig }
  | { readonly type: "rerun"; readonly run: RepeatedRun; readonly workspace: WorkspaceConfig }
  /** The function to call with each job returned; `printed` is what it printed. */
  | {
    readonly type: "callback";
    readonly job: SubmittedJob;
    readonly callback: string;
    readonly printed: string;
  }
  /** The function to call with each job failed; the job still runs. */
  | {
    readonly type: "callback_failed";
    readonly job: SubmittedJob;
    readonly callback: string;
    readonly error: UserError;
  }
  | { readonly type: "ended"; readonly run: FollowedRun }
  /** One of several jobs was not submitted or, if it has a name in Azure ML, not followed to its end. */
  | {
    readonly type: "failed";
    readonly job: string;
    readonly name?: string | undefined;
    readonly error: UserError;
  }
  /** Not submitted because job `because` failed before. */
  | { readonly type: "skipped"; readonly job: string; readonly because: string };

/** Whether a result means that later jobs must not be submitted. */
export function isFailure(result: RunResult): boolean {
  if (result.type === "ended") return result.run.status !== "Completed";
  return result.type === "failed" || result.type === "callback_failed";
}

export interface FollowRequest {
  /** Maximum time in milliseconds (default: none). */
  readonly timeoutMs?: number | undefined;
  readonly logs?: boolean | undefined;
}

export interface FollowedRun extends RunRef {
  readonly status: RunStatus;
  readonly durationMs: number;
  readonly steps: readonly StepState[];
  /** What it logged, and on this machine also the numbers in JSON files that no step reads. */
  readonly metrics: readonly MainMetric[];
  /** Figures, reports and numbers that steps wrote and no step reads; only known on this machine. */
  readonly files: readonly { readonly step: string; readonly path: string }[];
  /** The other files of these outputs, such as pickles. */
  readonly otherFiles: FollowedRun["files"];
}

/** Follows a run until it ends, and reports its events. @throws {UserError} `job.timed_out`, `job.not_found`, `azure.*`. */
export async function follow(
  ctx: AppContext,
  workspace: Workspace,
  options: FollowRequest & {
    readonly name: string;
    readonly job?: string;
    /** Kept up to date with the steps of the run; may already list them. */
    readonly board: Board;
    /** Awaited after the last event has been reported, before `follow` returns. */
    readonly onEnd?: (end: JobEnding) => Promise<void>;
  },
): Promise<FollowedRun> {
  const { name, job, timeoutMs, board, logs = false } = options;
  const title = job === undefined ? name : `${job} (${name})`;
  const report = (event: FollowedEvent["event"]) => {
    const { hint: advice, node: failedNode } = event.type === "failure"
      ? explained(event.failure, { compute: event.run.compute, workspace })
      : {};
    return ctx.report({ type: "follow", name, title, board, logs, event, advice, failedNode });
  };
  const steps = board.steps().map(({ nodes, ...step }): JobStep => ({
    ...step,
    ...(nodes && { nodes: nodes.map(({ name }) => name) }),
  }));
  const withSteps = steps.length === 0 ? {} : { steps };
  const { tickMs, pollMs } = ctx;
  try {
    for await (const event of followJob(workspace, name, { timeoutMs, logs, tickMs, pollMs, ...withSteps })) {
      board.take(event);
      await report(event);
      if (event.type === "end") {
        await options.onEnd?.(event);
        const results = workspace.cloud.newStudioKey === undefined ? [] : await resultsOf(workspace, name);
        return {
          job: job ?? name,
          name,
          status: event.status,
          durationMs: event.durationMs,
          steps: board.steps(),
          metrics: [...board.metrics(), ...results.flatMap(resultMetrics)],
          files: results.flatMap(({ step = "", files }) => files.map(({ path }) => ({ step, path }))),
          otherFiles: results.flatMap(({ step = "", others }) => others.map(({ path }) => ({ step, path }))),
        };
      }
    }
  } finally {
    await report({ type: "closed" });
  }
  throw new Error(`Job ${name} ended without a final status`);
}

/** What steps wrote for people; none if it cannot be read, because the run has ended all the same. */
async function resultsOf(workspace: Workspace, name: string): Promise<readonly StepResult[]> {
  const { openResults } = await import("./step_results.ts");
  try {
    return await openResults(await openRun(workspace, name)).results();
  } catch (thrown) {
    userErrorOf(thrown, workspace.signal);
    return [];
  }
}

function resultMetrics({ step, metrics }: StepResult): readonly MainMetric[] {
  return metrics.map(({ name, value }) => ({ step, name, value }));
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
