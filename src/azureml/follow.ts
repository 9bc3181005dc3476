import { ExitCode, UserError, type Warning } from "../errors.ts";
import { getJob, isFinal, type Job } from "./jobs.ts";
import { openRunHistory, type RunFailure, type RunHistory, type StepRun } from "./run_history.ts";
import type { Workspace } from "./workspace.ts";

/** What happens to a job that is followed. */
export type FollowEvent =
  | { readonly type: "status"; readonly job: string; readonly status: string }
  | { readonly type: "step"; readonly job: string; readonly run: StepRun }
  | { readonly type: "warning"; readonly warning: Warning }
  | { readonly type: "failure"; readonly job: string; readonly run: StepRun; readonly failure: RunFailure }
  | { readonly type: "end"; readonly job: string; readonly status: string; readonly durationMs: number };

/** How a job is followed. */
export interface FollowOptions {
  /** Milliseconds between the first two looks; each wait is half as long again, up to {@linkcode LONGEST_WAIT_MS}. */
  readonly firstWaitMs?: number;
  /** Milliseconds after which following ends, and the job goes on. */
  readonly timeoutMs?: number | undefined;
}

const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 15_000;
/** Looks that may fail one after the other before following is given up; each has tried several times already. */
const FAILED_LOOKS = 20;

/**
 * Yields each change of a job and of its steps, and then its end.
 *
 * It looks again as long as it takes; a lost network is waited for. The signal of the workspace stops it.
 *
 * @throws {UserError} `job.timed_out` when `timeoutMs` is over, `azure.*` when the job cannot be read.
 */
export async function* followJob(
  workspace: Workspace,
  name: string,
  options: FollowOptions = {},
): AsyncIterable<FollowEvent> {
  const startedAt = workspace.clock.now().getTime();
  const elapsedMs = () => workspace.clock.now().getTime() - startedAt;
  const look = openView(workspace, name);
  let failures = 0;
  for (let waitMs = options.firstWaitMs ?? FIRST_WAIT_MS;; waitMs = Math.min(waitMs * 1.5, LONGEST_WAIT_MS)) {
    try {
      const status = yield* look();
      if (isFinal(status)) return yield { type: "end", job: name, status, durationMs: elapsedMs() };
      failures = 0;
    } catch (thrown) {
      if (!isPassing(thrown) || ++failures > FAILED_LOOKS) throw thrown;
      if (failures === 1) yield { type: "warning", warning: lostSight(name, thrown) };
    }
    const restMs = (options.timeoutMs ?? Infinity) - elapsedMs();
    if (restMs <= 0) throw timedOut(name, options.timeoutMs!);
    await workspace.clock.sleep(Math.min(waitMs, restMs), workspace.signal);
  }
}

/** Opens a view of one job: each look yields what has changed since the one before, and returns the status. */
function openView(workspace: Workspace, name: string): () => AsyncGenerator<FollowEvent, string> {
  const seen = new Map<string, string>();
  let history: RunHistory | "unknown" | undefined;
  let last = "";
  return async function* look() {
    const { status } = await getJob(workspace, name);
    if (status !== last && !isFinal(status)) yield { type: "status", job: name, status };
    last = status;
    if (history === undefined) {
      try {
        history = await openRunHistory(workspace);
      } catch (thrown) {
        if (!(thrown instanceof UserError)) throw thrown;
        history = "unknown";
        yield { type: "warning", warning: stepsUnknown(thrown) };
      }
    }
    const runs = history === "unknown" ? [] : await history.children(name);
    yield* stepChanges(name, runs, seen);
    if (isFinal(status) && history !== "unknown") yield* failuresOf(name, runs, history);
    return status;
  };
}

function* stepChanges(
  job: string,
  runs: readonly StepRun[],
  seen: Map<string, string>,
): Iterable<FollowEvent> {
  for (const run of runs) {
    if (seen.get(run.id) === run.status) continue;
    seen.set(run.id, run.status);
    yield { type: "step", job, run };
  }
}

async function* failuresOf(
  job: string,
  runs: readonly StepRun[],
  history: RunHistory,
): AsyncIterable<FollowEvent> {
  for (const run of runs.filter(({ status }) => status === "Failed" || status === "NotResponding")) {
    yield { type: "failure", job, run, failure: await history.failure(run.id) };
  }
}

function isPassing(thrown: unknown): thrown is UserError {
  return thrown instanceof UserError && thrown.exit === ExitCode.Unavailable &&
    thrown.code !== "job.timed_out";
}

function lostSight(name: string, error: UserError): Warning {
  return {
    code: "follow.lost_sight",
    message: `Lost sight of job "${name}", looking again: ${error.message}`,
  };
}

function stepsUnknown(error: UserError): Warning {
  return {
    code: "follow.no_steps",
    message: `Only the job as a whole is followed, not its steps: ${error.message}`,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}

function timedOut(name: string, timeoutMs: number): UserError {
  return new UserError(
    `Stopped following job "${name}" after ${Math.round(timeoutMs / 1000)} s; the job goes on`,
    {
      code: "job.timed_out",
      exit: ExitCode.TimedOut,
      hint: `Run \`kedro-azureml job follow ${name}\`, or \`kedro-azureml job cancel ${name}\``,
    },
  );
}

/** What the process returns for the end of a job. */
export function exitOf(status: Job["status"]): ExitCode {
  if (status === "Completed") return ExitCode.Ok;
  return status === "Canceled" ? ExitCode.JobCanceled : ExitCode.JobFailed;
}
