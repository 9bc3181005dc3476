import type { AppContext } from "../context.ts";
import { requireSingleJob, type SingleJobOption } from "../project/select_jobs.ts";
import { planSubmission } from "../project/submission_inputs.ts";
import { openJobsFile } from "../records/jobs_file.ts";
import { sendJobs, type SendOptions } from "./send.ts";
import type { SubmitResult } from "./submit.ts";
import { openPackageJobs, type PackageOptions } from "../package/open.ts";
import type { OutputOptions } from "../project/output_files.ts";

/** Options of submitting a package. */
export interface SubmitPackageOptions
  extends PackageOptions, OutputOptions, Omit<SendOptions, "callback" | "jobsFile"> {
  /** Whether to show what would be sent, without sending it. */
  readonly dryRun?: boolean;
  /** File to write the submitted jobs to. */
  readonly outputFile?: string;
  readonly single?: SingleJobOption;
}

/** Submits the jobs of a package, which needs no project. */
export async function* submitPackage(
  ctx: AppContext,
  options: SubmitPackageOptions,
): AsyncIterable<SubmitResult> {
  const { specs, inputs } = await openPackageJobs(ctx, options);
  requireSingleJob(specs.size, options.single);
  specs.forEach(inputs.workspaceOf);
  if (!options.dryRun) {
    const jobsFile = await openJobsFile(ctx, options.outputFile, options);
    return yield* sendJobs(ctx, [...specs.values()], inputs, { ...options, jobsFile });
  }
  for (const spec of specs.values()) yield { type: "planned", plan: await planSubmission(spec, inputs) };
}
