import { isFailed, isFinal, NOT_RUN, WAITING } from "../../core/runs.ts";
import { followJob } from "../../azureml/runs/follow_job.ts";
import { type OpenRun, openRun, type RunStep, type StepFailure } from "../../azureml/runs/open_run.ts";
import { logsToShow } from "../../azureml/runs/history.ts";
import { readAll } from "../../azureml/storage/read.ts";
import { openNodeFilter } from "../../azureml/job/compile/command.ts";
import { type JobStep, requireStep, stepNamed } from "../../azureml/job/steps.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import { changedError, ExitCode, UserError } from "../../core/errors.ts";
import { shellWord } from "../../core/untrusted.ts";
import type { RunTarget } from "../runs/targets.ts";

export type LogResult =
  /** Whole lines of one log; `isOneOfMany` if there may be logs of other steps or processes, too. */
  | {
    readonly type: "log";
    readonly step: string;
    readonly file: string;
    readonly text: string;
    readonly isOneOfMany: boolean;
  }
  | StepFailure & { readonly type: "failed" }
  /** No step has failed, so there is nothing to print. */
  | { readonly type: "none_failed"; readonly status: string };

/**
 * Says how to name a step, if the last job has one with the name that no job has.
 *
 * @param thrown The error of a command that was given only this name.
 * @param where The option that names where the job is, such as `--rehearsal`.
 * @param openLast Opens the last job.
 */
export async function explainStepName(
  thrown: unknown,
  typed: string,
  where: string,
  openLast: () => Promise<readonly RunTarget[]>,
): Promise<unknown> {
  if (!(thrown instanceof UserError) || !/^(?:job\.not_found|kept\.no_job)$/.test(thrown.code)) return thrown;
  try {
    const last = (await openLast()).at(-1);
    const step = last && stepNamed((await openRun(last.workspace, last.name)).steps, typed);
    return step === undefined ? thrown : changedError(thrown, {
      hint: `It is a step of the last job: run \`kedro-azureml job logs ${where}--step ${
        shellWord(step.label)
      }\``,
    });
  } catch {
    return thrown;
  }
}

interface LogsOptions {
  /** Only show this step, given by key or node name. */
  readonly step?: string | undefined;
  readonly failed?: boolean | undefined;
  /** Whether to continue until the job ends. */
  readonly follow?: boolean | undefined;
}

/** Yields the logs of a job's steps. @throws {UserError} as {@linkcode readLogs} and {@linkcode followLogs}. */
export async function* jobLogs(job: RunTarget, options: LogsOptions): AsyncIterable<LogResult> {
  const { failed, follow } = options;
  if (follow && !failed) return yield* followLogs(job, options);
  // Only at the end of a job is it known which steps failed, so nothing is printed before.
  if (follow) { for await (const _ of followLogs(job, {})) continue; }
  yield* readLogs(job, options);
}

/**
 * Yields the logs of a job's steps in graph order, each preceded by Azure's reason if the step failed. If no step has
 * logs yet, yields those of the job itself.
 *
 * @throws {UserError} `job.no_step`, `job.no_logs`, `job.not_found`, `azure.*`.
 */
async function* readLogs(
  { workspace, name }: RunTarget,
  options: LogsOptions,
): AsyncIterable<LogResult> {
  const opened = await openRun(workspace, name);
  const chosen = choose(opened, options);
  let shown = 0;
  for (const step of chosen) {
    const { label, run } = step;
    if (run === undefined) continue;
    const only = onlyNode(step, options);
    if (isFailed(run.status)) {
      const { node, reason, place, hint } = await opened.failure(step);
      if (only === undefined || node === undefined || node === only) {
        yield { type: "failed", step: label, node, reason, place, hint };
      }
    }
    const files = await opened.logFiles(step);
    for await (const result of filesOf(workspace, label, files, chosen.length > 1)) {
      const text = only === undefined ? result.text : openNodeFilter(only)(result.text);
      if (text === "") continue;
      shown++;
      yield { ...result, text };
    }
  }
  if (shown > 0) return;
  if (options.step === undefined && !options.failed) {
    const files = await opened.logFiles();
    for await (const result of filesOf(workspace, name, files, false)) {
      shown++;
      yield result;
    }
  }
  if (shown > 0) return;
  const { status: jobStatus } = opened.job;
  if (chosen.length === 0) return yield { type: "none_failed", status: jobStatus };
  const stepStatus = chosen[0]?.run?.status ?? (isFinal(jobStatus) ? NOT_RUN : WAITING);
  throw noLogs(name, options, { jobStatus, stepStatus });
}

/** The node whose log is wanted, if it is one of several that a step runs. */
function onlyNode({ key, label, nodes }: JobStep, { step }: LogsOptions): string | undefined {
  return step !== undefined && step !== key && step !== label && nodes?.includes(step) ? step : undefined;
}

async function* filesOf(
  workspace: Workspace,
  label: string,
  files: Readonly<Record<string, string>>,
  isOneOfMany: boolean,
): AsyncIterable<LogResult & { readonly type: "log" }> {
  const logs = logsToShow(files);
  for (const [file, url] of logs) {
    const text = await readAll(workspace, url, { mustBeAllowed: true }) ?? "";
    if (text !== "") {
      yield { type: "log", step: label, file, text, isOneOfMany: isOneOfMany || logs.length > 1 };
    }
  }
}

function choose(opened: OpenRun, { step, failed }: LogsOptions): readonly RunStep[] {
  if (step !== undefined) return [opened.step(step)];
  if (!failed) return opened.steps;
  return opened.steps.filter(({ run }) => run !== undefined && isFailed(run.status));
}

function noLogs(
  name: string,
  { step, failed }: LogsOptions,
  { jobStatus, stepStatus }: { readonly jobStatus: string; readonly stepStatus: string },
): UserError {
  const status = step === undefined ? jobStatus : stepStatus;
  const hasEnded = isFinal(jobStatus) || isFinal(status);
  const what = failed
    ? "no failed step has logs"
    : step === undefined
    ? `no step ${hasEnded ? "logged anything" : "has logged anything yet"}`
    : `step "${step}" ${hasEnded ? "logged nothing" : "has not logged anything yet"}`;
  return new UserError(`Job "${name}" has no logs to show: ${what} (status: ${status})`, {
    // job.no_logs: The job or step has logged nothing. Look at its status with `job show`.
    code: "job.no_logs",
    exit: ExitCode.Rejected,
    hint: failed || hasEnded
      ? `Run \`kedro-azureml job show ${name}\` to see its steps`
      : `Run \`kedro-azureml job logs ${name} --follow\` to wait for them`,
  });
}

/**
 * Yields the logs of a job's steps as they are written, until the job ends.
 *
 * @throws {UserError} `job.not_found`, `azure.*`; see {@linkcode followJob}.
 */
async function* followLogs(
  { workspace, name }: RunTarget,
  { step }: LogsOptions,
): AsyncIterable<LogResult> {
  let labels: readonly string[] = [];
  let wanted = step;
  let filter: ((text: string) => string) | undefined;
  for await (const event of followJob(workspace, name, { logs: true })) {
    if (event.type === "steps") {
      labels = event.steps.map(({ label }) => label);
      if (step !== undefined) {
        const chosen = requireStep(event.steps, name, step);
        wanted = chosen.label;
        const only = onlyNode(chosen, { step });
        if (only !== undefined) filter = openNodeFilter(only);
      }
    }
    if (event.type !== "log" || (wanted !== undefined && event.step !== wanted)) continue;
    const isOneOfMany = wanted === undefined && labels.length > 1;
    const text = filter === undefined ? event.text : filter(event.text);
    if (text !== "") yield { type: "log", step: event.step, file: event.file, text, isOneOfMany };
  }
}
