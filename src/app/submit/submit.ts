import type { JobPlan } from "../../azureml/job/body.ts";
import type { Warning } from "../../core/errors.ts";
import type { CallbackName } from "../../kedro/callback.ts";
import { type CheckOptions, prepareJobs } from "../check/check.ts";
import { jobTags } from "./ci_run.ts";
import type { AppContext } from "../context.ts";
import { openPackageJobs, type PackageOptions } from "./package.ts";
import { startConnecting } from "../project/connect.ts";
import { checkDisplayNames, requireSingleJob } from "../project/select_jobs.ts";
import { planSubmission } from "../project/submission_inputs.ts";
import { type JobsFileOptions, openJobsFile } from "../runs/jobs_file.ts";
import type { RunResult } from "../runs/follow.ts";
import { openCallback } from "./send_jobs.ts";
import { sendJobs, type SendOptions } from "./send_jobs.ts";

interface SubmitOptions extends CheckOptions, SendOptions, JobsFileOptions {
  /** Whether to show what would be sent, without sending it. */
  readonly dryRun?: boolean | undefined;
  /** A function of the project to call with each job that Azure has accepted. */
  readonly onJobScheduled?: CallbackName | undefined;
}

/** What `submit` yields: first the warnings of the checks, then a plan or the results of each job. */
type SubmitResult =
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

export async function* submitPackage(
  ctx: AppContext,
  options: PackageOptions & SendOptions & JobsFileOptions & Pick<SubmitOptions, "dryRun" | "single">,
): AsyncIterable<SubmitResult> {
  const { specs, inputs } = await openPackageJobs(ctx, options);
  requireSingleJob(specs.size, options.single);
  specs.forEach(inputs.workspaceOf);
  if (!options.dryRun) {
    const jobsFile = await openJobsFile(ctx, options);
    return yield* sendJobs(ctx, [...specs.values()], inputs, { ...options, jobsFile });
  }
  for (const spec of specs.values()) yield { type: "planned", plan: await planSubmission(spec, inputs) };
}
