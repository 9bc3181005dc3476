import { UserError, type Warning } from "../../core/errors.ts";
import type { FollowEvent, FollowOptions } from "./follow.ts";
import { openStepLogs } from "./step_logs.ts";
import { getJobBody, isFinal } from "../jobs/job.ts";
import { type JobStep, stepsOf } from "../write/steps.ts";
import { openRunHistory, type RunHistory, type StepRun } from "./run_history.ts";
import { stepsOfRuns } from "./match_runs.ts";
import type { Workspace } from "../client/workspace.ts";

/** One job that is looked at again and again. */
export interface Watch {
  /** Yields what has changed since the look before. @throws {UserError} `job.not_found`, `azure.*`, `network.*`. */
  look(): AsyncIterable<FollowEvent>;
  /** What is known; the status is empty before the first look, the duration is Azure's own. */
  state(): { readonly status: string; readonly durationMs: number | undefined };
}

/** Looks for which run history is left alone after it gave no answer. */
const LEFT_ALONE = 3;

/** Opens a job to look at; nothing is asked before the first look. */
export function openWatch(
  workspace: Workspace,
  name: string,
  { logs = false, steps: given }: FollowOptions,
): Watch {
  const stepsWatch = openStepsWatch(workspace, name, logs);
  let history: RunHistory | undefined;
  let leftAlone = 0;
  let isTold = false;
  let steps: readonly JobStep[] | undefined;
  let status = "";

  /** Steps are only the half of it: without run history the job itself is followed on, and the steps later again. */
  async function* lookAtSteps(isEnd: string | undefined): AsyncIterable<FollowEvent> {
    if (leftAlone-- > 0 && isEnd === undefined) return;
    try {
      history ??= await openRunHistory(workspace);
      yield* stepsWatch.look(history, steps!, isEnd);
      [leftAlone, isTold] = [0, false];
    } catch (thrown) {
      if (!(thrown instanceof UserError) || workspace.signal.aborted) throw thrown;
      leftAlone = LEFT_ALONE;
      if (!isTold) yield { type: "warning", warning: stepsUnknown(thrown) };
      isTold = true;
    }
  }

  return {
    async *look() {
      const found = await getJobBody(workspace, name);
      if (steps === undefined) {
        yield { type: "steps", job: name, steps: steps = given ?? stepsOf(found.body) };
      }
      const { status: now } = found.job;
      if (now !== status && !isFinal(now)) yield { type: "status", job: name, status: now };
      yield* lookAtSteps(isFinal(now) ? now : undefined);
      status = now;
    },
    state: () => ({ status, durationMs: stepsWatch.durationMs() }),
  };
}

/** The steps of a job, as run history tells of them. */
function openStepsWatch(workspace: Workspace, job: string, withLogs: boolean) {
  const told = new Map<string, string>();
  const failed = new Map<string, StepRun>();
  const logs = openStepLogs(workspace, job);
  let blamed = 0;
  let durationMs: number | undefined;

  async function* failures(history: RunHistory, runs: Iterable<StepRun>): AsyncIterable<FollowEvent> {
    for (const run of runs) {
      const failure = await history.failure(run.id);
      failed.delete(run.id);
      blamed++;
      yield { type: "failure", job, run, failure };
    }
  }

  async function* end(history: RunHistory, status: string): AsyncIterable<FollowEvent> {
    const run = await history.run(job);
    const { createdAt, endedAt } = run;
    if (createdAt && endedAt) durationMs = Math.max(0, endedAt.getTime() - createdAt.getTime());
    if (status === "Completed" || blamed > 0) return;
    const failure = await history.failure(job);
    if (failure.message !== undefined) yield { type: "failure", job, run, failure };
  }

  return {
    durationMs: () => durationMs,
    /** @param ended The job's status, where it is its last. */
    async *look(
      history: RunHistory,
      steps: readonly JobStep[],
      ended: string | undefined,
    ): AsyncIterable<FollowEvent> {
      // Whoever failed before this look has written its log by now.
      const before = [...failed.values()];
      const runs = named(await history.children(job), steps);
      for (const { key, run } of runs) {
        if (told.get(run.id) === run.status) continue;
        told.set(run.id, run.status);
        if (FAILED.includes(run.status)) failed.set(run.id, run);
        yield { type: "step", job, run, key };
      }
      if (withLogs) yield* logs.look(history, runs.map(({ run }) => run), ended !== undefined);
      yield* failures(history, ended === undefined ? before : [...failed.values()]);
      if (ended !== undefined) yield* end(history, ended);
    },
  };
}

const FAILED = ["Failed", "NotResponding"];

function named(runs: readonly StepRun[], steps: readonly JobStep[]) {
  const belongs = stepsOfRuns(steps, runs);
  return runs.map((run) => {
    const step = belongs.get(run);
    return { key: step?.key, run: step === undefined ? run : { ...run, step: step.label } };
  });
}

function stepsUnknown(error: UserError): Warning {
  return {
    code: "follow.no_steps",
    message: `Only the job as a whole is followed for now, not its steps: ${error.message}`,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}
