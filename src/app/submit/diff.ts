import { findingToWarning } from "../../azureml/checks/finding.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import type { JobBody } from "../../azureml/job/body.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import {
  type CodeChanges,
  codeChanges,
  openUploadedCode,
  parametersIn,
  preparedCode,
  withFileValues,
} from "../../azureml/runs/code_changes.ts";
import {
  changesOf,
  codeOf,
  describePrepared,
  describeRun,
  type Shared,
  together,
} from "../../azureml/runs/job_changes.ts";
import type { Change } from "../../core/change.ts";
import { findJobBody, getPipelineBody, type Job, type JobAndBody } from "../../azureml/runs/jobs.ts";
import { RERUN_OF } from "../../azureml/submit/rerun.ts";
import { workspaceId } from "../../config/workspace.ts";
import { once } from "../../core/async.ts";
import { UserError, type Warning } from "../../core/errors.ts";
import type { AppContext } from "../context.ts";
import { runtimeParamFindings } from "../project/params.ts";
import { compileJob } from "../project/compile_job.ts";
import { type JobOptions, selectJobs } from "../project/select_jobs.ts";
import { requireWorkspace } from "../project/workspace.ts";
import { type ProjectInputs, readSubmissionInputs } from "../project/submission_inputs.ts";
import { newestLike } from "../runs/names.ts";
import { lastJob } from "../runs/submitted_jobs.ts";
import { openSubmitters } from "./submit.ts";

export interface JobDifference {
  readonly job: string;
  readonly run: Job;
  /** Set if the run may be one of another job. */
  readonly doubt: Warning | undefined;
  readonly steps: number;
  readonly changes: readonly Change[];
  /** The changes, equal ones of several steps once. */
  readonly shared: readonly Shared<Change>[];
  /** What changed in the code; `undefined` if nothing did, or if the code of the run cannot be read. */
  readonly code: CodeChanges | undefined;
}

/**
 * Compares jobs as they would be submitted now with their last runs; submits nothing, so it does not check them.
 *
 * @throws {UserError} of a job that does not compile; `diff.no_run` for a job without an earlier run.
 */
export async function* diffJobs(
  ctx: AppContext,
  options: JobOptions & {
    /** A workspace of azureml.yml to use for all jobs, by its key. */
    readonly workspace?: string | undefined;
    readonly against?: string | undefined;
  },
): AsyncIterable<
  | { readonly type: "compiled"; readonly warnings: readonly Warning[] }
  | { readonly type: "difference"; readonly difference: JobDifference }
> {
  const { against, workspace } = options;
  const selected = await selectJobs(ctx, options);
  const inputs = await readSubmissionInputs(ctx, selected, workspace);
  const names = [...selected.jobs.keys()];
  const compiled = await Promise.all(names.map((job) => compileJob(ctx, selected, job, options)));
  const warnings = [
    ...selected.session.warnings,
    ...(await runtimeParamFindings(ctx, selected)).map(findingToWarning),
    ...compiled.flatMap(({ warnings }) => warnings),
  ];
  const specs = compiled.map(({ spec }) => spec);
  for (const job of selected.jobs.values()) requireWorkspace(selected.session.config, workspace, { job });
  yield { type: "compiled", warnings };
  const submitterOf = await openSubmitters(ctx, inputs);
  for (const spec of specs) {
    const difference = await diffJob(ctx, spec, { inputs, submitterOf, against });
    yield { type: "difference", difference };
  }
}

async function diffJob(
  ctx: AppContext,
  spec: JobSpec,
  { inputs, submitterOf, against }: {
    readonly inputs: ProjectInputs;
    readonly submitterOf: Awaited<ReturnType<typeof openSubmitters>>;
    readonly against: string | undefined;
  },
): Promise<JobDifference> {
  const [workspace, submitter] = submitterOf(spec);
  const prepared = await submitter.preview(spec);
  const { root, env } = inputs;
  const { job } = spec;
  const run = await findBaseline(ctx, workspace, { root, job, env, body: prepared.body, against });
  const before = await describeRun({ workspace, body: run.body }, prepared.components);
  const after = describePrepared(prepared);
  const own = spec.codeDirectory && await inputs.code(spec.codeDirectory);
  const code = own ? preparedCode(own) : undefined;
  const openCode = once(() => openUploadedCode(workspace, codeOf(before)));
  const changes = await completed(changesOf(before, after), async () => [await openCode(), code]);
  const uploaded = changes.some(({ aspect }) => aspect === "code") ? await openCode() : undefined;
  return {
    job,
    run: run.job,
    doubt: run.doubt,
    steps: after.steps.size,
    changes,
    shared: together(changes),
    code: uploaded && code && await codeChanges([uploaded, code]),
  };
}

/** Adds to runtime parameters of one job only what the files of the other say. */
async function completed(
  changes: readonly Change[],
  openCodes: () => Promise<readonly Parameters<typeof parametersIn>[0][]>,
): Promise<readonly Change[]> {
  const isOneSided = ({ aspect, before, after }: Change) =>
    aspect === "parameter" && (before === undefined || after === undefined);
  if (!changes.some(isOneSided)) return changes;
  const known = await Promise.all((await openCodes()).map(parametersIn));
  return changes.map((change) => {
    if (!isOneSided(change)) return change;
    const { name, before, after } = change;
    const values = withFileValues([before, after], (at) => known[at]!.get(name!));
    return values.includes(undefined) ? change : { ...change, before: values[0]!, after: values[1]! };
  });
}

/**
 * Finds the run that a job is compared with: the one that is named, else the last one submitted from this project on
 * this machine, else the newest in the workspace with the same experiment and display name that is not known to be of
 * another job. The last run may be a rerun.
 *
 * @throws {UserError} `job.not_found`, `job.no_pipeline`, `diff.no_run` if there is none.
 */
export async function findBaseline(
  ctx: AppContext,
  workspace: Workspace,
  query: {
    readonly root: string;
    readonly job: string;
    readonly env: string;
    readonly body: JobBody;
    /** Name in Azure ML of the run to use; `undefined` for the last one. */
    readonly against: string | undefined;
  },
): Promise<JobAndBody & Pick<JobDifference, "doubt">> {
  const { root, job, env, against } = query;
  if (against !== undefined) return { ...await getPipelineBody(workspace, against), doubt: undefined };
  const lastRun = await lastJob(ctx, root, { job, env, sent: true });
  const isHere = lastRun !== undefined && workspaceId(lastRun.workspace) === workspaceId(workspace.config);
  const last = isHere ? await findJobBody(workspace, lastRun.name) : undefined;
  if (last !== undefined) return { ...await asBaseline(workspace, last), doubt: undefined };
  const { displayName, experimentName } = query.body.properties;
  const newest = await newestLike(ctx, workspace, { root, job, displayName, experimentName });
  if (newest !== undefined) {
    const baseline = await asBaseline(workspace, await getPipelineBody(workspace, newest.run.name));
    return { ...baseline, doubt: newest.isCertain ? undefined : doubtAbout(job, newest.run) };
  }
  throw new UserError(
    `Job "${job}" has no earlier run in workspace "${workspace.config.name}"`,
    {
      // diff.no_run: There is no earlier run to compare with. Name one with `--against`.
      code: "diff.no_run",
      hint: "Choose a run with `--against RUN`, or another workspace with `-w`",
    },
  );
}

function doubtAbout(job: string, { name, displayName }: Job): Warning {
  return {
    // diff.by_display_name: A job is compared with a run that may be of another job with the same display
    //   name. Name one with `--against`.
    code: "diff.by_display_name",
    message:
      `This machine remembers no run of job "${job}" in the workspace, so it is compared with "${name}", the newest run with the display name "${displayName}", which may be of another job`,
    hint: "Choose a run with `--against RUN`; `kedro-azureml job list` shows them",
  };
}

/**
 * Converts a run to a baseline. A rerun has some or all of the steps of the run that it repeats, so the body is that
 * of the original run.
 */
async function asBaseline(workspace: Workspace, last: JobAndBody): Promise<JobAndBody> {
  const seen = new Set<string>();
  for (let run = last;;) {
    seen.add(run.job.name);
    const original = (run.body.properties.tags as Readonly<Record<string, string>> | undefined)?.[RERUN_OF];
    const before = original === undefined || seen.has(original)
      ? undefined
      : await findJobBody(workspace, original);
    if (before === undefined) return { job: last.job, body: run.body };
    run = before;
  }
}
