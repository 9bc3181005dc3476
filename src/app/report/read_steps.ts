import { smallTransferLimit } from "../../azureml/client/pace.ts";
import { nodeLines } from "../../azureml/job/compile/command.ts";
import { logsToShow, mayHaveLogs, producerOf, type StepRun } from "../../azureml/runs/history.ts";
import type { OpenRun, RunStep } from "../../azureml/runs/open_run.ts";
import { readEnds } from "../../azureml/storage/read.ts";
import { type UserError, userErrorOf } from "../../core/errors.ts";
import { countText } from "../../core/format.ts";
import { isFailed, type NodeState } from "../../core/runs.ts";
import { redact } from "../../core/secrets.ts";
import { failureView, type RunFacts } from "../../page/run_view.ts";
import type { LogView, StepProgress } from "../../page/view.ts";
import type { TrackedOptions } from "./tracked.ts";

/** Limits for logs in bytes: for all together, of which failed steps get at most half, per step, and per failed step. */
const LOGS = { all: 8_000_000, step: 64_000, failed: 256_000 } as const;

export interface ReadSteps {
  readonly steps: RunFacts["steps"];
  readonly notices: readonly string[];
}

export interface ReadRunOptions extends TrackedOptions {
  readonly withLogs: boolean;
  /** Whether to read the beginning of all files that steps wrote (default: false, because it is the user's data). */
  readonly withPreviews?: boolean;
  /** States of steps that have ended, by run, which are not read again; new ones are added (default: all are read). */
  readonly ended?: Map<string, StepProgress>;
}

export async function readSteps(
  opened: OpenRun,
  { withLogs, ended }: ReadRunOptions,
): Promise<ReadSteps> {
  const { workspace, steps, history } = opened;
  const limit = smallTransferLimit();
  const begun = steps.filter(({ run }) => run !== undefined).length;
  const failures = steps.filter(({ run }) => run !== undefined && isFailed(run.status)).length;
  const ofFailed = Math.min(LOGS.failed, LOGS.all / 2 / failures);
  const ofOther = Math.min(LOGS.step, (LOGS.all - ofFailed * failures) / (begun - failures));
  const failed: UserError[] = [];
  const completed = steps.flatMap(({ run }) =>
    run?.status === "Completed" && !ended?.has(run.id) ? [producerOf(run)] : []
  );
  const outputs = history.outputs(completed);
  // Each step waits for it and reports its failure.
  outputs.catch(() => {});
  const read = steps.map((step) =>
    limit(async () => {
      const { key, label, compute, run } = step;
      const named = { key, label, compute: run?.compute ?? compute };
      if (run === undefined) return named;
      const before = ended?.get(run.id);
      if (before !== undefined) return { ...named, ...before };
      const state = timesOf(run);
      try {
        const details = await detailsOf(
          opened,
          { ...step, run },
          outputs,
          withLogs ? (isFailed(run.status) ? ofFailed : ofOther) : undefined,
        );
        if (run.endedAt !== undefined) ended?.set(run.id, { ...state, ...details });
        return { ...named, ...state, ...details };
      } catch (thrown) {
        failed.push(userErrorOf(thrown, workspace.signal));
        return { ...named, ...state };
      }
    })
  );
  const all = await Promise.all(read);
  const notices = failed.slice(0, 1).map(({ message }) =>
    `Logs and outputs of ${failed.length} of ${countText(begun, "step")} are missing: ${message}`
  );
  return { steps: all, notices };
}

function timesOf({ id, status, createdAt, startedAt, endedAt, reusedFrom, usage }: StepRun): StepProgress {
  return {
    status,
    run: id,
    queuedAt: createdAt?.getTime(),
    startedAt: startedAt?.getTime(),
    endedAt: endedAt?.getTime(),
    reusedFrom,
    ...(usage && { usage }),
  };
}

async function detailsOf(
  opened: OpenRun,
  step: RunStep & { readonly run: StepRun },
  known: ReturnType<OpenRun["history"]["outputs"]>,
  mostBytes: number | undefined,
): Promise<StepProgress> {
  const { run } = step;
  const producer = producerOf(run);
  const [failure, logs, outputs] = await Promise.all([
    isFailed(run.status) ? opened.failure(step) : undefined,
    mostBytes !== undefined && mayHaveLogs(run) ? logsOf(opened, step, mostBytes) : undefined,
    run.status === "Completed" ? known.then((all) => all.get(producer) ?? []) : [],
  ]);
  return {
    failure: failure && failureView(failure.message ?? "Azure gave no reason", failure),
    ...(logs !== undefined && { logs, nodeRuns: logs.flatMap(({ text }) => lastNodeRuns(text)) }),
    places: Object.fromEntries(
      outputs.map(({ name, uri, asset }) => [name, asset === undefined ? uri ?? "" : `azureml:${asset}`]),
    ),
  };
}

async function logsOf(opened: OpenRun, step: RunStep, mostBytes: number): Promise<readonly LogView[]> {
  const wanted = logsToShow(await opened.logFiles(step));
  const each = Math.floor(mostBytes / wanted.length);
  const logs: LogView[] = [];
  for (const [name, url] of wanted) {
    const log = await readEnds(opened.workspace, url, each);
    if (log === undefined) continue;
    logs.push({
      name,
      text: redact(log.text),
      ...(log.omittedBytes > 0 && { omittedBytes: log.omittedBytes }),
    });
  }
  return logs;
}

/** The last state of each node in a step's log; empty for a step with one node. Pure. */
export function lastNodeRuns(log: string): readonly NodeState[] {
  const runs = new Map(nodeLines(log).map(({ exitCode: _, ...run }) => [run.name, run]));
  return [...runs.values()];
}
