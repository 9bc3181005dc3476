import type { Workspace } from "../../azureml/client/workspace.ts";
import { stepsOf } from "../../azureml/job/steps.ts";
import { type ComponentSpecs, readComponents } from "../../azureml/runs/job_changes.ts";
import { findNewest, getJobBody, type Job, type JobAndBody } from "../../azureml/runs/jobs.ts";
import { type OpenRun, openRun, runOf, type RunStep } from "../../azureml/runs/open_run.ts";
import { type UserError, userErrorOf } from "../../core/errors.ts";
import { bytesOf } from "../../core/format.ts";
import { isFinal } from "../../core/runs.ts";
import { failureView, type RunFacts, runView } from "../../page/run_view.ts";
import type { ComparedData, PageData, RunState, StepProgress } from "../../page/view.ts";
import type { AppContext } from "../context.ts";
import { compareOpen, namedRun } from "./compare.ts";
import { type OutputFile, outputPath, refuseOverwrite } from "../output_files.ts";
import type { RunTarget } from "../runs/targets.ts";
import { type NodeSources, pageData, withSource, writePageFile, type WrittenPageFile } from "./page_file.ts";
import { type ReadRunOptions, type ReadSteps, readSteps } from "./read_steps.ts";
import { isLocal, openResults, type WrittenOutput } from "../runs/step_results.ts";
import { readTracked } from "./tracked.ts";

export interface WrittenReport extends WrittenPageFile {
  readonly name: string;
  readonly status: string;
  readonly steps: number;
  readonly notices: readonly string[];
}

/** Writes a page for each run. @throws {UserError} `job.*`, `azure.*`, `file.*`. */
export async function* writeReports(
  ctx: Pick<AppContext, "cwd" | "fs">,
  targets: readonly RunTarget[],
  { file, force, logs = true, previews = false, sources }: OutputFile & {
    /** Whether to include logs (default: true). */
    readonly logs?: boolean | undefined;
    /** Whether to include the beginning of files that steps wrote (default: false). */
    readonly previews?: boolean | undefined;
    /** What the project says about its nodes (default: that is not known). */
    readonly sources?: NodeSources | undefined;
  },
): AsyncIterable<WrittenReport> {
  for (const target of targets) {
    const path = outputPath(ctx, file, targets.length > 1 ? target.name : undefined);
    await refuseOverwrite(ctx, path, force);
    const data = await readRunPage(target, {
      withLogs: logs,
      withPreviews: previews,
      withFiles: true,
      ...(sources && { sources }),
    });
    const written = await writePageFile(ctx, path, data);
    if (data.view.kind !== "run") continue;
    const { name, status, steps, notices } = data.view;
    yield { name, status, ...written, steps: steps.length, notices };
  }
}

/**
 * Reads one run for the page. Except for the run itself, anything that cannot be read is replaced by a notice.
 *
 * @param options.sources What the project says about its nodes (default: that is not known).
 * @throws {UserError} `job.not_found`, `azure.*`.
 */
export async function readRunPage(
  target: RunTarget,
  options: ReadRunOptions & { readonly sources?: NodeSources },
): Promise<PageData> {
  const { workspace, name } = target;
  const notices: string[] = [];
  const { job, body, runs, results, ...state } = await readState(target, options, notices);
  const attempt = attemptsOf(workspace, notices);
  const components =
    await attempt("The commands of the steps are not available", () => readComponents(workspace, body)) ??
      new Map() as ComponentSpecs;
  const compared = runs && await attempt(
    "The difference to the run before is missing",
    () => comparedWithPrevious(runs, target.job, options.withPreviews ? undefined : results),
  );
  const facts: RunFacts = {
    ...state,
    // Without a run, a step of a job that has ended would count as not run.
    steps: runs !== undefined ? state.steps : state.steps.map((step) => ({ ...step, status: "Unknown" })),
    name,
    job: target.job,
    workspace: workspace.config.name,
    studioUrl: isLocal(job.studioUrl) ? undefined : job.studioUrl,
    compared,
    notices,
  };
  const componentOf = (id: string) => components.get(id);
  const view = runView({ properties: body.properties, componentOf }, facts);
  const steps = view.steps.map((step) => withSource(step, options.sources?.get(step.label)));
  const title = `${target.job ?? job.displayName ?? name}, ${job.status}`;
  return pageData(title, { ...view, steps }, workspace.clock.now());
}

/** Reads the part of a run's page that changes while it runs. @throws {UserError} as {@linkcode readRunPage}. */
export async function readRunState(target: RunTarget, options: ReadRunOptions): Promise<RunState> {
  const { status, startedAt, endedAt, failure, steps, tracked } = await readState(target, options, []);
  const begun = steps.filter((step) => step.status !== undefined);
  return {
    status,
    startedAt,
    endedAt,
    failure,
    tracked,
    steps: Object.fromEntries(begun.map(({ key, label: _, ...state }) => [key, state])),
  };
}

/** Returns a function that reads something, or adds a notice and returns `undefined`. */
function attemptsOf({ signal }: Workspace, notices: string[]) {
  return async <T>(what: string, read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (thrown) {
      notices.push(`${what}: ${userErrorOf(thrown, signal).message}`);
      return undefined;
    }
  };
}

async function readState(
  { workspace, name, openHistory }: RunTarget,
  options: ReadRunOptions,
  notices: string[],
) {
  const attempt = attemptsOf(workspace, notices);
  const runs = await attempt("The status of the steps is not available", async () => {
    const run = await openRun(workspace, name, openHistory);
    return run.steps.length > 0 ? run : runOf({ ...run, steps: [await asStep(run)] });
  });
  const { job, body }: JobAndBody = runs ?? await getJobBody(workspace, name);
  const times = runs &&
    await attempt("The times of the run are missing", () => timesOf(runs));
  const unread: string[] = [];
  const onUnread = ({ message }: UserError) =>
    void unread.push(`Some values of metrics, or files of runs, are missing: ${message}`);
  const { withPreviews, withFiles = isFinal(job.status) } = options;
  const results = runs && openResults(runs, { withPreviews, onUnread });
  const written = results && withFiles
    ? await attempt("The files of the steps are missing", results.written)
    : undefined;
  const tracked = runs &&
    await attempt(
      "The metrics are missing",
      async () => {
        const found = written && await results?.results();
        return await readTracked(runs, { ...options, withFiles, results: found }, onUnread);
      },
    );
  notices.push(...unread.slice(0, 1));
  const read: ReadSteps = runs === undefined
    ? { steps: stepsOf(body).map(({ key, label, compute }) => ({ key, label, compute })), notices: [] }
    : await readSteps(runs, options);
  notices.push(...read.notices);
  const files = Map.groupBy(written ?? [], ({ key }) => key);
  const steps = read.steps.map((step) => ({
    ...step,
    tracked: tracked?.get(step.key),
    sizes: sizesOf(files.get(step.key)),
  }));
  return { job, body, runs, results, status: job.status, ...times, steps, tracked: tracked?.get(undefined) };
}

function sizesOf(outputs: readonly WrittenOutput[] | undefined): StepProgress["sizes"] {
  return outputs && Object.fromEntries(outputs.map(({ name, files }) => [name, bytesOf(files)]));
}

/** Represents a job without steps, such as a single command, as its own step. */
async function asStep({ name, job: { displayName }, own }: OpenRun): Promise<RunStep> {
  const run = await own();
  return { key: name, label: displayName ?? name, compute: run.compute, needs: [], run };
}

async function timesOf({ job: { status }, own, failure }: OpenRun) {
  const { createdAt, startedAt, endedAt } = await own();
  const isFailed = isFinal(status) && status !== "Completed" && status !== "Canceled";
  const { message, hint } = isFailed ? await failure() : { message: undefined, hint: undefined };
  return {
    createdAt: createdAt?.getTime(),
    startedAt: startedAt?.getTime(),
    endedAt: endedAt?.getTime(),
    failure: failureView(message, { hint }),
  };
}

/** Of so many jobs, of which Azure lists some 30 at once, a page looks for the run before. */
const MOST_LISTED = 200;

/**
 * Compares a run with the last one before it of the same experiment and display name that completed, or else the last
 * one; `undefined` if there is none among the newest jobs.
 */
async function comparedWithPrevious(
  opened: OpenRun,
  job: string | undefined,
  results?: ReturnType<typeof openResults>,
): Promise<ComparedData | undefined> {
  const { workspace, name, history } = opened;
  let isAfter = false;
  let last: Job | undefined;
  const completed = await findNewest(workspace, (other) => {
    const isAlike = other.displayName === opened.job.displayName &&
      other.experimentName === opened.job.experimentName;
    if (isAfter && isAlike) {
      last ??= other;
      return other.status === "Completed";
    }
    isAfter ||= other.name === name;
    return false;
  }, MOST_LISTED);
  const previous = completed ?? last;
  if (previous === undefined) return undefined;
  const before = await openRun(workspace, previous.name, () => Promise.resolve(history));
  return await compareOpen([namedRun(before, job), { ...namedRun(opened, job), ...results }]);
}
