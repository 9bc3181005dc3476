import { isFailed, isFinal } from "../../../core/run.ts";
import { UserError, type Warning } from "../../../core/errors.ts";
import type { FollowEvent, FollowOptions } from "./follow_event.ts";
import { openStepLogs } from "./step_logs.ts";
import { getJobBody } from "../runs/run.ts";
import { type JobStep, stepsOf } from "../../job/steps.ts";
import { readMainMetrics } from "./job_metrics.ts";
import { openRunHistory, type RunHistory, type StepRun } from "./run_history.ts";
import { nodeLines } from "./node_lines.ts";
import { stepsOfRuns } from "./match_runs.ts";
import type { Workspace } from "../client/workspace.ts";

/** A job that is polled. */
export interface Watch {
  /** Yields what has changed since the previous poll. @throws {UserError} `job.not_found`, `azure.*`, `network.*`. */
  poll(): AsyncIterable<FollowEvent>;
  /** The last known state; `status` is `""` before the first poll, `durationMs` is what Azure measured. */
  state(): { readonly status: string; readonly durationMs: number | undefined };
}

/** Number of polls that skip run history after it failed. */
const SKIPPED_POLLS = 3;

/** Opens a job for polling; sends no request yet. */
export function openWatch(
  workspace: Workspace,
  name: string,
  { logs = false, steps: given }: FollowOptions,
): Watch {
  const stepsWatch = openStepsWatch(workspace, name, logs);
  let history: RunHistory | undefined;
  let skips = 0;
  let hasWarned = false;
  let steps: readonly JobStep[] | undefined;
  let status = "";

  /** Reads the steps. If run history fails, the job itself is still followed, and the steps are retried later. */
  async function* readSteps(isEnd: string | undefined): AsyncIterable<FollowEvent> {
    if (skips-- > 0 && isEnd === undefined) return;
    try {
      history ??= await openRunHistory(workspace);
      yield* stepsWatch.poll(history, steps!, isEnd);
      [skips, hasWarned] = [0, false];
    } catch (thrown) {
      if (!(thrown instanceof UserError) || workspace.signal.aborted) throw thrown;
      skips = SKIPPED_POLLS;
      if (!hasWarned) yield { type: "warning", warning: stepsUnknown(thrown) };
      hasWarned = true;
    }
  }

  return {
    async *poll() {
      const current = await getJobBody(workspace, name);
      if (steps === undefined) {
        yield { type: "steps", job: name, steps: steps = given ?? stepsOf(current.body) };
      }
      const { status: now } = current.job;
      if (now !== status && !isFinal(now)) yield { type: "status", job: name, status: now };
      yield* readSteps(isFinal(now) ? now : undefined);
      status = now;
    },
    state: () => ({ status, durationMs: stepsWatch.durationMs() }),
  };
}

/** Polls the steps of one job in run history. */
function openStepsWatch(workspace: Workspace, job: string, withLogs: boolean) {
  const reported = new Map<string, string>();
  const failed = new Map<string, StepRun>();
  const logs = openStepLogs(workspace, job);
  let failureCount = 0;
  let durationMs: number | undefined;

  function* stepEvents(changed: readonly KnownRun[]): Iterable<FollowEvent> {
    for (const { key, run } of changed) {
      reported.set(run.id, run.status);
      if (isFailed(run.status)) failed.set(run.id, run);
      yield { type: "step", job, run, key };
    }
  }

  async function* failures(history: RunHistory, runs: Iterable<StepRun>): AsyncIterable<FollowEvent> {
    for (const run of runs) {
      const failure = await history.failure(run.id);
      failed.delete(run.id);
      failureCount++;
      yield { type: "failure", job, run, failure };
    }
  }

  /** Logs are read where they are asked for, and where they tell of the nodes of a step. */
  async function* logEvents(
    history: RunHistory,
    runs: readonly KnownRun[],
    { steps, isEnd }: { readonly steps: readonly JobStep[]; readonly isEnd: boolean },
  ): AsyncIterable<FollowEvent> {
    const grouped = new Map(
      runs.flatMap(({ key, run }) => {
        const step = steps.find((step) => step.key === key);
        return step?.nodes === undefined ? [] : [[run.step, { key: step.key, nodes: step.nodes }] as const];
      }),
    );
    const read = runs.map(({ run }) => run).filter(({ step }) => withLogs || grouped.has(step));
    for await (const event of logs.poll(history, read, isEnd)) {
      if (withLogs) yield event;
      const group = event.type === "log" ? grouped.get(event.step) : undefined;
      if (event.type !== "log" || group === undefined) continue;
      for (const node of nodeLines(event.text)) {
        if (group.nodes.includes(node.name)) {
          yield { type: "node", job, step: event.step, key: group.key, node };
        }
      }
    }
  }

  async function* end(
    history: RunHistory,
    status: string,
    runs: readonly KnownRun[],
  ): AsyncIterable<FollowEvent> {
    const run = await history.run(job);
    const { createdAt, endedAt } = run;
    if (createdAt && endedAt) durationMs = Math.max(0, endedAt.getTime() - createdAt.getTime());
    const steps = runs.map(({ run }) => ({ key: run.id, label: run.step, run }));
    const metrics = await readMainMetrics(workspace, { name: job, steps, history });
    if (metrics.length > 0) yield { type: "metrics", job, metrics };
    if (status === "Completed" || failureCount > 0) return;
    const failure = await history.failure(job);
    if (failure.message !== undefined) yield { type: "failure", job, run, failure };
  }

  return {
    durationMs: () => durationMs,
    /** Yields the changes of the steps. @param ended The job's status, if it is final. */
    async *poll(
      history: RunHistory,
      steps: readonly JobStep[],
      ended: string | undefined,
    ): AsyncIterable<FollowEvent> {
      // Steps that failed before this poll have written their logs by now.
      const earlier = [...failed.values()];
      const runs = named(await history.children(job), steps);
      const changed = runs.filter(({ run }) => reported.get(run.id) !== run.status);
      // A step ends after the last line of its log, and after its last node.
      const over = changed.filter(({ run }) => isFinal(run.status));
      const isEnd = ended !== undefined;
      yield* logEvents(history, over, { steps, isEnd });
      yield* stepEvents(changed);
      yield* logEvents(history, runs.filter((run) => !over.includes(run)), { steps, isEnd });
      yield* failures(history, ended === undefined ? earlier : [...failed.values()]);
      if (ended !== undefined) yield* end(history, ended, runs);
    },
  };
}

/** @internal A run, and the key of its step where that is known. */
interface KnownRun {
  readonly key: string | undefined;
  readonly run: StepRun;
}

function named(runs: readonly StepRun[], steps: readonly JobStep[]): KnownRun[] {
  const belongs = stepsOfRuns(steps, runs);
  return runs.map((run) => {
    const step = belongs.get(run);
    return { key: step?.key, run: step === undefined ? run : { ...run, step: step.label } };
  });
}

function stepsUnknown(error: UserError): Warning {
  return {
    code: "follow.no_steps",
    message: `Cannot read the steps, so only the job itself is followed for now: ${error.message}`,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}
