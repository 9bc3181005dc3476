import type { JobPlan } from "../../azureml/job/body.ts";
import type { Warning } from "../../core/errors.ts";
import type { CallbackName } from "../../kedro/callback.ts";
import { type CheckRequest, requireSubmittable } from "../check/check.ts";
import { jobTags } from "./ci_run.ts";
import type { AppContext } from "../context.ts";
import { openPackageJobs, type PackageRequest } from "./package.ts";
import { startConnecting } from "../project/connect.ts";
import { checkDisplayNames, requireSingleJob, selectJobs } from "../project/select_jobs.ts";
import { planSubmission } from "../project/submission_inputs.ts";
import { openJobsFile } from "../runs/jobs_file.ts";
import type { RunResult } from "../runs/follow.ts";
import { openCallback } from "./send_jobs.ts";
import { sendJobs, type SendRequest } from "./send_jobs.ts";
import type { OutputFile } from "../output_files.ts";

/** Which jobs of a project to submit, and how. */
export interface SubmitRequest extends CheckRequest {
  readonly sending: SendRequest;
  /** Whether to show what would be sent, without sending it. */
  readonly dryRun?: boolean | undefined;
  /** File to write the submitted jobs to. */
  readonly jobsFile?: OutputFile | undefined;
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
export async function* submitJobs(ctx: AppContext, request: SubmitRequest): AsyncIterable<SubmitResult> {
  const { dryRun = false, sending, strictness } = request;
  const jobsFile = await openJobsFile(ctx, dryRun ? undefined : request.jobsFile);
  using signIn = dryRun ? undefined : startConnecting(ctx);
  const selected = await selectJobs(ctx, request);
  const { session: { project, env }, jobs } = selected;
  checkDisplayNames(request.overrides, jobs);
  const callback = await openCallback(ctx, project, request);
  const { specs, inputs, warnings } = await requireSubmittable(ctx, selected, {
    ...request,
    action: "submit",
  });
  yield { type: "checked", warnings };
  for (const [job, { steps, pipelineName: pipeline }] of specs) {
    ctx.report({ type: "compiled", job, steps: steps.length, pipeline, project: project.name, env });
  }
  if (!dryRun) {
    const connection = signIn?.connection;
    const how = { ...sending, strictness, connection, callback, jobsFile };
    return yield* sendJobs(ctx, [...specs.values()], inputs, how);
  }
  const tags = jobTags(ctx, inputs, sending);
  for (const spec of specs.values()) {
    yield { type: "planned", plan: await planSubmission(spec, inputs, tags(spec.job)) };
  }
}

/** Which jobs of a package to submit, and how. */
export interface SubmitPackageRequest
  extends PackageRequest, Pick<SubmitRequest, "sending" | "strictness" | "dryRun" | "jobsFile"> {}

/** Submits the jobs of a package, which needs no project. */
export async function* submitPackage(
  ctx: AppContext,
  request: SubmitPackageRequest,
): AsyncIterable<SubmitResult> {
  const { specs, inputs } = await openPackageJobs(ctx, request);
  requireSingleJob(specs.size, request.jobs.single);
  specs.forEach(inputs.workspaceOf);
  if (!request.dryRun) {
    const { sending, strictness } = request;
    const jobsFile = await openJobsFile(ctx, request.jobsFile);
    return yield* sendJobs(ctx, [...specs.values()], inputs, { ...sending, strictness, jobsFile });
  }
  for (const spec of specs.values()) yield { type: "planned", plan: await planSubmission(spec, inputs) };
}
