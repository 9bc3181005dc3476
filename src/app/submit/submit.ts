import { basename } from "node:path";
import type { PreparedCode } from "../../azureml/code/select.ts";
import { gitProperties } from "../../azureml/git/properties.ts";
import type { JobSpec } from "../../azureml/job_spec.ts";
import { stepsOfSpec } from "../../azureml/write/steps.ts";
import type { JobBody } from "../../azureml/write/to_rest.ts";
import { type JobPlan, planJob } from "../../azureml/write/plan.ts";
import { openSubmitter, type SendingJob, type Submitter } from "../../azureml/submit/submit.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { AppContext } from "../context.ts";
import { UserError } from "../../core/errors.ts";
import type { Callback } from "../../kedro/callback.ts";
import { onceEach } from "../../core/once.ts";
import { openBoard } from "../step_board.ts";
import { jobTags } from "../ci/ci_run.ts";
import { chooseWorkspace, connect } from "../project/connect.ts";
import { callBack } from "./callback.ts";
import { follow, type FollowingOptions } from "../runs/follow.ts";
import type { Selected } from "../project/select_jobs.ts";
import { isFailure, type RunResult } from "../runs/results.ts";
import { cancelPrevious, requireBranch } from "../ci/previous_jobs.ts";
import type { JobsFile } from "../records/jobs_file.ts";
import { merged } from "../runs/merge.ts";
import { openProjectCode, type ProjectCode } from "../project/code.ts";
import { openSentJobs, type SentJobs } from "../records/ledger.ts";
import { openUploadMemory } from "../records/remembered_uploads.ts";

/** How jobs are sent. */
export interface SubmissionOptions {
  /** `-w`: a workspace of azureml.yml for all jobs. */
  readonly workspace?: string;
  /** Whether warnings stop what errors do. */
  readonly strict?: boolean;
  /** Codes of errors that stop nothing: they count as warnings. */
  readonly allow?: readonly string[];
  readonly waitForCompletion?: boolean;
  readonly concurrent?: boolean;
  /** Called with each job that Azure has taken. */
  readonly callback?: Callback | undefined;
  /** What the job is to be called in Azure ML. */
  readonly name?: string;
  /** Seconds that following may take. */
  readonly timeout?: number;
  /** Where it stands which jobs were sent. */
  readonly jobsFile?: JobsFile | undefined;
  /** Whether SIGINT and SIGTERM cancel the jobs. */
  readonly cancelOnInterrupt?: boolean;
  /** Whether unfinished jobs of earlier runs of the same branch are cancelled. */
  readonly cancelPrevious?: boolean;
}

/** What jobs are sent with, besides themselves. */
export interface Baggage {
  readonly workspaceOf: (spec: JobSpec) => WorkspaceConfig;
  /** Code by folder, selected and hashed once. */
  readonly code: (directory: string) => Promise<PreparedCode>;
  /** The Kedro environment. */
  readonly env: string;
  /** What the checkout says of itself. */
  readonly properties: Readonly<Record<string, string>>;
  /** The folder that the jobs are remembered for. */
  readonly root: string;
  /** The experiment of jobs that name none. */
  readonly experiment: string;
}

/** The same where the project is. */
export type ProjectBaggage = Baggage & ProjectCode;

/** Reads what all jobs are sent with; nothing is asked of Azure. */
export async function packBaggage(
  ctx: AppContext,
  selected: Selected,
  options: Pick<SubmissionOptions, "workspace">,
): Promise<ProjectBaggage> {
  const { project, config, env, snapshot } = selected.session;
  const load = {
    root: project.root,
    env,
    settings: snapshot.project.settings,
    outside: selected.session.load.outside,
  };
  return {
    workspaceOf: ({ job }) => chooseWorkspace(config, options.workspace, selected.jobs.get(job)),
    ...openProjectCode(ctx, load, config.place),
    env,
    properties: await gitProperties(ctx.fs, project.root, ctx),
    root: project.root,
    experiment: basename(project.root),
  };
}

/** Writes down what one job would send. */
export async function planOf(
  spec: JobSpec,
  baggage: Baggage,
  tags?: Readonly<Record<string, string>>,
): Promise<JobPlan> {
  const code = spec.codeDirectory === undefined ? undefined : await baggage.code(spec.codeDirectory);
  return planJob(spec, {
    workspace: baggage.workspaceOf(spec),
    code,
    properties: baggage.properties,
    experiment: baggage.experiment,
    ...(tags && { tags }),
  });
}

/**
 * Sends jobs, and yields what becomes of each as soon as it is known.
 *
 * One after the other, and none after one that failed, because a later job may read what an earlier one writes, as
 * the plugin has it; with `concurrent` all at once, whatever happens to one. A job that fails is reported, and so are
 * those that were left out.
 */
export async function* sendJobs(
  ctx: AppContext,
  specs: readonly JobSpec[],
  baggage: Baggage,
  options: SubmissionOptions,
): AsyncIterable<RunResult> {
  const { root, env } = baggage;
  const sent = openSentJobs(ctx, { ...options, root, env });
  try {
    yield* sendEach(ctx, specs, baggage, { ...options, sent });
    ctx.signal.throwIfAborted();
  } catch (thrown) {
    throw ctx.signal.aborted ? await sent.interrupted() : thrown;
  } finally {
    await sent.close();
  }
}

async function* sendEach(
  ctx: AppContext,
  specs: readonly JobSpec[],
  baggage: Baggage,
  options: SubmissionOptions & { readonly sent: SentJobs },
): AsyncIterable<RunResult> {
  const { sent } = options;
  const tags = jobTags(ctx, baggage, options);
  if (options.cancelPrevious) specs.forEach(({ job }) => requireBranch(tags(job)));
  const { submitterOf, tenant } = await openSubmitters(ctx, baggage, { ...options, tags });
  async function* send(spec: JobSpec): AsyncGenerator<RunResult> {
    const [workspace, submitter] = submitterOf(spec);
    try {
      const job = await submitter.submit(spec, { name: options.name });
      const studioUrl = inTenant(job.studioUrl, tenant());
      const board = openBoard(stepsOfSpec(spec));
      await sent.accepted({ ...job, studioUrl, board }, workspace);
      yield { type: "submitted", job: { ...job, studioUrl }, workspace: workspace.config };
      if (options.callback) yield await callBack(ctx, options.callback, job);
      if (options.waitForCompletion) {
        const { name } = job;
        const onEnd: FollowingOptions["onEnd"] = (end) => sent.ended(end);
        const run = await follow(ctx, workspace, { ...options, name, job: spec.job, board, onEnd });
        yield { type: "ended", run };
      }
    } catch (thrown) {
      await sent.failed(spec.job, thrown);
      if (ctx.signal.aborted || specs.length === 1 || !(thrown instanceof UserError)) throw thrown;
      yield { type: "failed", job: spec.job, error: thrown };
    }
  }
  if (options.concurrent) return yield* merged(specs.map(send));
  for (const [at, spec] of specs.entries()) {
    let failed = false;
    for await (const result of send(spec)) {
      failed ||= isFailure(result);
      yield result;
    }
    if (failed) {
      return yield* specs.slice(at + 1).map((
        { job },
      ) => ({ type: "skipped", job, because: spec.job } as const));
    }
  }
}

/** Signs in, says who that is, and opens each workspace once. */
export async function openSubmitters(
  ctx: AppContext,
  { workspaceOf, code, properties, experiment }: Baggage,
  options: Pick<SubmissionOptions, "cancelPrevious" | "strict" | "allow"> & {
    readonly sent?: SentJobs;
    readonly tags?: (job: string) => Readonly<Record<string, string>>;
  },
) {
  const { cloud, tokens, open } = await connect(ctx);
  await tokens.getToken(cloud.resourceManagerScope);
  const identity = tokens.identity();
  ctx.report({ type: "identity", identity, members: tokens.report() });
  const onEvent = ctx.report;
  const tenant = () => tokens.identity()?.tenantId;
  const submitterIn = onceEach((config: WorkspaceConfig): [Workspace, Submitter] => {
    const workspace = open(config);
    const { sent, tags, cancelPrevious: cancels } = options;
    const beforeSending = async (job: SendingJob, { properties }: JobBody) => {
      const experiment = String(properties.experimentName);
      if (cancels) {
        await cancelPrevious(workspace, { job: job.job, tags: tags!(job.job), experiment }, ctx.report);
      }
      await sent?.sending({ ...job, studioUrl: inTenant(job.studioUrl, tenant()) }, workspace);
    };
    const submitter = openSubmitter(workspace, {
      experiment,
      code,
      properties,
      onEvent,
      beforeSending,
      uploads: openUploadMemory(ctx),
      strict: options.strict ?? false,
      allow: options.allow ?? [],
      ...(tags && { tags }),
    });
    return [workspace, submitter];
  });
  return {
    submitterOf: (spec: JobSpec) => submitterIn(workspaceOf(spec)),
    tenant,
  };
}

/** The link to a job in Azure ML Studio, such that it opens in the tenant that took the job. */
function inTenant(url: string, tenant: string | undefined): string {
  return tenant === undefined || url.includes("tid=") ? url : `${url}&tid=${tenant}`;
}
