import type { Context } from "../../context.ts";
import { refuseOneNameForSeveral } from "../jobs.ts";
import { openJobsFile } from "../jobs_file.ts";
import type { Output } from "../output.ts";
import type { PackageOptions } from "../package_options.ts";
import { openJobsOfPackage } from "../packages.ts";
import { renderPlan } from "../render/submit.ts";
import { planOf, sendJobs, type SubmissionOptions } from "../submission.ts";

/** Options of `submit --package`. */
export interface SubmitPackageOptions extends PackageOptions, SubmissionOptions {
  readonly dryRun?: boolean;
  /** Where to write which jobs were sent. */
  readonly outputFile?: string;
}

/** Sends the jobs of a package, or only shows them; there need be no project. */
export async function* submitPackage(ctx: Context, options: SubmitPackageOptions): AsyncIterable<Output> {
  const { specs, baggage } = await openJobsOfPackage(ctx, options);
  refuseOneNameForSeveral(options.name, specs.size);
  specs.forEach(baggage.workspaceOf);
  if (options.dryRun) {
    for (const spec of specs.values()) yield renderPlan(await planOf(spec, baggage));
    return;
  }
  const jobsFile = await openJobsFile(ctx, options.outputFile);
  yield* sendJobs(ctx, [...specs.values()], baggage, { ...options, jobsFile });
}
