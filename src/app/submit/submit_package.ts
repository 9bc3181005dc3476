import type { AppContext } from "../context.ts";
import { requireSingleJob } from "../project/select_jobs.ts";
import { planSubmission } from "../project/submission_inputs.ts";
import { openJobsFile } from "../records/jobs_file.ts";
import { sendJobs } from "./send_jobs.ts";
import type { SubmitRequest, SubmitResult } from "./submit.ts";
import { openPackageJobs, type PackageRequest } from "../package/open.ts";

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
