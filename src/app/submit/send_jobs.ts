import type { JobSpec } from "../../azureml/job/job_spec.ts";
import { stepsOfSpec } from "../../azureml/job/steps.ts";
import type { JobBody } from "../../azureml/job/write/job_body.ts";
import { openSubmitter } from "../../azureml/features/submit/submit.ts";
import type { SendingJob, Submitter } from "../../azureml/features/submit/submitter.ts";
import { prepareArm } from "../../azureml/service/client/arm.ts";
import type { Workspace } from "../../azureml/service/client/workspace.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { AppContext } from "../context.ts";
import { userErrorOf } from "../../core/errors.ts";
import type { Callback } from "../../kedro/find_callback.ts";
import { onceEach } from "../../core/async.ts";
import { openBoard } from "../step_board.ts";
import type { Strictness } from "../check/check.ts";
import { jobTags } from "../ci/ci_run.ts";
import { connect, type Connection, requireSignIn } from "../project/connect.ts";
import type { SubmissionInputs } from "../project/submission_inputs.ts";
import { runCallback } from "./callback.ts";
import { follow, type FollowRequest, interleaved } from "../run/follow_run.ts";
import { isFailure, type RunResult } from "../run/results.ts";
import { cancelPrevious, requireBranch } from "../ci/cancel_previous.ts";
import type { JobsFile } from "../records/jobs_file.ts";
import { openLedger, type SubmissionLedger } from "../records/ledger.ts";
import { knownComponents } from "../records/remembered_jobs.ts";
import { openUploadMemory } from "../records/remembered_uploads.ts";

/** How the user wants jobs to be sent. */
export interface SendRequest {
  /** Name of the job in Azure ML; submitting the same job again under this name is a no-op. */
  readonly name?: string | undefined;
  /** Whether to submit all jobs at once. */
  readonly concurrent?: boolean | undefined;
  /** How to follow each job; absent if jobs are not followed. */
  readonly follow?: FollowRequest | undefined;
  /** Whether SIGINT and SIGTERM cancel the jobs. */
  readonly cancelOnInterrupt?: boolean | undefined;
  /** Whether to cancel unfinished jobs of earlier CI runs for the same branch. */
  readonly cancelPrevious?: boolean | undefined;
}

/** Options of sending jobs. */
export interface SendOptions extends SendRequest {
  /** Which findings in Azure stop the command. */
  readonly strictness: Strictness;
  /** A connection that was opened ahead (default: one is opened). */
  readonly connection?: Promise<Connection> | undefined;
  /** Called with each job that Azure has accepted. */
  readonly callback?: Callback | undefined;
  /** The file of submitted jobs, which is kept up to date. */
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
  options: SendOptions,
): AsyncIterable<RunResult> {
  const { root, env } = inputs;
  const ledger = openLedger(ctx, { ...options, root, env });
  try {
    yield* sendEach(ctx, specs, inputs, { ...options, ledger });
    ctx.signal.throwIfAborted();
  } catch (thrown) {
    throw ctx.signal.aborted ? await ledger.interrupted() : thrown;
  } finally {
    await ledger.close();
  }
}

async function* sendEach(
  ctx: AppContext,
  specs: readonly JobSpec[],
  inputs: SubmissionInputs,
  options: SendOptions & { readonly ledger: SubmissionLedger },
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
      if (options.follow !== undefined) {
        const onEnd = ledger.ended;
        const run = await follow(ctx, workspace, { ...options.follow, name, job: spec.job, board, onEnd });
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
  { workspaceOf, code, properties, experiment, root, env, environmentFindings }: SubmissionInputs,
  options: Pick<SendOptions, "connection" | "cancelPrevious"> & {
    readonly strictness?: Strictness;
    readonly ledger?: SubmissionLedger;
    readonly tags?: (job: string) => Readonly<Record<string, string>>;
  } = {},
) {
  const connection = await (options.connection ?? connect(ctx));
  const { open } = connection;
  const signedIn = requireSignIn(ctx, connection);
  prepareArm();
  await signedIn;
  const onEvent = ctx.report;
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
      experiment,
      code,
      properties,
      environmentFindings,
      onEvent,
      beforeSending,
      uploads: openUploadMemory(ctx),
      knownComponents: (job) => knownComponents(ctx, root, { job, env, workspaceId: workspace.id }),
      ...options.strictness,
      ...(tags && { tags }),
    });
    return [workspace, submitter];
  });
  return (spec: JobSpec) => submitterIn(workspaceOf(spec));
}
