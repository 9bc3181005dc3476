import type { JobBody, JobPlan } from "../../azureml/job/body.ts";
import { userErrorOf, type Warning } from "../../core/errors.ts";
import { type Callback, type CallbackJob, type CallbackName, findCallback } from "../../kedro/callback.ts";
import { type CheckOptions, prepareJobs, type Strictness } from "../check/check.ts";
import { cancelPrevious, jobTags, requireBranch } from "./ci_run.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { connect, type Connection, requireSignIn, startConnecting } from "../project/connect.ts";
import { checkDisplayNames } from "../project/select_jobs.ts";
import { planSubmission, type SubmissionInputs } from "../project/submission_inputs.ts";
import { openLedger } from "../runs/ledger.ts";
import { type JobsFile, type JobsFileOptions, openJobsFile } from "../runs/jobs_file.ts";
import { follow, type FollowRequest, interleaved, isFailure, type RunResult } from "../runs/follow_runs.ts";
import { prepareArm } from "../../azureml/client/arm.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import { stepsOfSpec } from "../../azureml/job/steps.ts";
import {
  openSubmitter,
  type SendingJob,
  type SubmittedJob,
  type Submitter,
} from "../../azureml/submit/submit.ts";
import type { WorkspaceConfig } from "../../config/schema.ts";
import { onceEach } from "../../core/async.ts";
import type { Project } from "../../kedro/project.ts";
import { knownComponents } from "../runs/submitted_jobs.ts";
import { openUploadMemory } from "../../azureml/submit/upload.ts";
import { openBoard } from "../../azureml/runs/follow_job.ts";

export interface SubmitOptions extends CheckOptions, SendOptions, JobsFileOptions {
  /** Whether to show what would be sent, without sending it. */
  readonly dryRun?: boolean | undefined;
  /** A function of the project to call with each job that Azure has accepted. */
  readonly onJobScheduled?: CallbackName | undefined;
}

/** What `submit` yields: first the warnings of the checks, then a plan or the results of each job. */
export type SubmitResult =
  | { readonly type: "checked"; readonly warnings: readonly Warning[] }
  | { readonly type: "planned"; readonly plan: JobPlan }
  | RunResult;

/**
 * Compiles, checks and submits jobs of a project. Nothing is sent unless all jobs pass the checks.
 *
 * @throws {UserError} of the first job that does not compile, of the checks, or of the only job.
 */
export async function* submitJobs(ctx: AppContext, options: SubmitOptions): AsyncIterable<SubmitResult> {
  const { dryRun = false } = options;
  const jobsFile = dryRun ? undefined : await openJobsFile(ctx, options);
  using signIn = dryRun ? undefined : startConnecting(ctx);
  const prepared = await prepareJobs(ctx, { ...options, action: "submit" }, async ({ session, jobs }) => {
    checkDisplayNames(options, jobs);
    return await openCallback(ctx, session.project, options);
  });
  const { specs, inputs, warnings, early: callback, selected: { session: { project, env } } } = prepared;
  yield { type: "checked", warnings };
  for (const [job, { steps, pipelineName: pipeline }] of specs) {
    ctx.report({ type: "compiled", job, steps: steps.length, pipeline, project: project.name, env });
  }
  if (!dryRun) {
    const connection = signIn?.connection;
    const how = { ...options, connection, callback, jobsFile };
    return yield* sendJobs(ctx, [...specs.values()], inputs, how);
  }
  const tags = jobTags(ctx, inputs, options);
  for (const spec of specs.values()) {
    yield { type: "planned", plan: await planSubmission(spec, inputs, tags(spec.job)) };
  }
}

export interface SendOptions extends Strictness, FollowRequest {
  /** Name in Azure ML of the only job; submitting the same job again under this name is a no-op. */
  readonly name?: string | undefined;
  readonly concurrent?: boolean | undefined;
  readonly wait?: boolean | undefined;
  readonly cancelOnInterrupt?: boolean | undefined;
  readonly cancelPrevious?: boolean | undefined;
}

interface Opened {
  /** A connection (default: one is opened). */
  readonly connection?: Promise<Connection> | undefined;
  readonly callback?: Callback | undefined;
  readonly jobsFile?: JobsFile | undefined;
}

/**
 * Submits jobs and yields the events of each as they happen.
 *
 * As in the plugin, jobs are submitted one after the other and stop at the first failure, because a later job may
 * read what an earlier one writes; the remaining jobs are reported as skipped. With `concurrent`, all jobs are
 * submitted at once and independently.
 *
 * @throws {UserError} of the only job; `interrupted`.
 */
export async function* sendJobs(
  ctx: AppContext,
  specs: readonly JobSpec[],
  inputs: SubmissionInputs,
  options: SendOptions & Opened,
): AsyncIterable<RunResult> {
  const { root, env } = inputs;
  const ledger = openLedger(ctx, { ...options, root, env });
  try {
    yield* sendEach(ctx, specs, inputs, { ...options, ledger });
    ctx.signal.throwIfAborted();
  } catch (thrown) {
    throw await ledger.errorOf(thrown);
  } finally {
    await ledger.close();
  }
}

async function* sendEach(
  ctx: AppContext,
  specs: readonly JobSpec[],
  inputs: SubmissionInputs,
  options: SendOptions & Opened & { readonly ledger: ReturnType<typeof openLedger> },
): AsyncIterable<RunResult> {
  const { ledger } = options;
  const tags = jobTags(ctx, inputs, options);
  if (options.cancelPrevious) specs.forEach(({ job }) => requireBranch(tags(job)));
  const submitterOf = await openSubmitters(ctx, inputs, { ...options, tags });
  async function* send(spec: JobSpec): AsyncGenerator<RunResult> {
    const [workspace, submitter] = submitterOf(spec);
    let name: string | undefined;
    try {
      const job = await submitter.submit(spec, { name: options.name });
      const board = openBoard(stepsOfSpec(spec));
      name = job.name;
      await ledger.accepted({ ...job, board }, workspace);
      yield { type: "submitted", job, workspace: workspace.config };
      if (options.callback) yield await runCallback(ctx, options.callback, job);
      if (options.wait) {
        const { timeoutMs, logs } = options;
        const onEnd = ledger.ended;
        const run = await follow(ctx, workspace, { timeoutMs, logs, name, job: spec.job, board, onEnd });
        yield { type: "ended", run };
      }
    } catch (thrown) {
      await ledger.failed(spec.job, thrown);
      if (specs.length === 1) throw thrown;
      yield { type: "failed", job: spec.job, name, error: userErrorOf(thrown, ctx.signal) };
    }
  }
  if (options.concurrent) return yield* interleaved(specs.map(send));
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

/** Signs in, reports the identity, and creates a function that opens one submitter per workspace. */
export async function openSubmitters(
  ctx: AppContext,
  { workspaceOf, root, env, ...inputs }: SubmissionInputs,
  options: Pick<Opened, "connection"> & Pick<SendOptions, "cancelPrevious"> & Strictness & {
    readonly ledger?: ReturnType<typeof openLedger>;
    readonly tags?: (job: string) => Readonly<Record<string, string>>;
  } = {},
) {
  const connection = await (options.connection ?? connect(ctx));
  const { open } = connection;
  const signedIn = requireSignIn(ctx, connection);
  prepareArm();
  await signedIn;
  const submitterIn = onceEach((config: WorkspaceConfig): [Workspace, Submitter] => {
    const workspace = open(config);
    const { ledger, tags, cancelPrevious: cancels } = options;
    const beforeSending = async (job: SendingJob, { properties }: JobBody) => {
      const experiment = String(properties.experimentName);
      if (cancels) {
        await cancelPrevious(workspace, { job: job.job, tags: tags!(job.job), experiment }, ctx.report);
      }
      await ledger?.sending(job, workspace);
    };
    const submitter = openSubmitter(workspace, {
      ...inputs,
      onEvent: ctx.report,
      beforeSending,
      uploads: openUploadMemory(ctx),
      knownComponents: (job) => knownComponents(ctx, root, { job, env, workspaceId: workspace.id }),
      strict: options.strict,
      allow: options.allow,
      ...(tags && { tags }),
    });
    return [workspace, submitter];
  });
  return (spec: JobSpec) => submitterIn(workspaceOf(spec));
}

/** Finds the function to call with each job, before any is sent. @throws {UserError} `callback.not_found`. */
export async function openCallback(
  ctx: AppContext,
  project: Project,
  { onJobScheduled, kedroPython: python, directory: cwd = ctx.cwd }: ProjectOptions & {
    readonly onJobScheduled?: CallbackName | undefined;
  },
): Promise<Callback | undefined> {
  if (onJobScheduled === undefined) return undefined;
  return await findCallback(ctx, project, onJobScheduled, { python, cwd });
}

/** Calls the function for a job that Azure has accepted; its failure is a result, because the job runs anyway. */
export async function runCallback(
  ctx: AppContext,
  callback: Callback,
  job: SubmittedJob,
): Promise<RunResult> {
  try {
    const printed = await callback.call(callbackJob(job));
    return { type: "callback", job, callback: callback.shown, printed };
  } catch (thrown) {
    const error = userErrorOf(thrown, ctx.signal);
    return { type: "callback_failed", job, callback: callback.shown, error };
  }
}

/** A job with the attribute names of azure-ai-ml. */
function callbackJob({ name, id, status, studioUrl, properties }: SubmittedJob): CallbackJob {
  return {
    name,
    id,
    status,
    studio_url: studioUrl,
    type: "pipeline",
    display_name: properties.displayName ?? null,
    experiment_name: properties.experimentName ?? null,
    description: properties.description ?? null,
    compute: String(properties.computeId).split("/").at(-1)!,
    tags: properties.tags ?? {},
    properties: properties.properties ?? {},
    services: { Studio: { endpoint: studioUrl } },
  };
}
