import type { AppContext } from "../../app/context.ts";
import { refuseOneNameForSeveral } from "../../app/project/select_jobs.ts";
import { openJobsFile } from "../../app/records/jobs_file.ts";
import { renderResults } from "../text/run_results.ts";
import type { Output } from "../command/output.ts";
import type { PackageOptions } from "../../app/package/options.ts";
import { openJobsOfPackage } from "../../app/package/open.ts";
import { renderPlan } from "./submit_text.ts";
import { planOf, sendJobs, type SubmissionOptions } from "../../app/submit/submit.ts";

/** Options of `submit --package`. */
export interface SubmitPackageOptions extends PackageOptions, SubmissionOptions {
  readonly dryRun?: boolean;
  /** Where to write which jobs were sent. */
  readonly outputFile?: string;
}

/** Sends the jobs of a package, or only shows them; there need be no project. */
export async function* submitPackage(ctx: AppContext, options: SubmitPackageOptions): AsyncIterable<Output> {
  const { specs, baggage } = await openJobsOfPackage(ctx, options);
  refuseOneNameForSeveral(options.name, specs.size);
  specs.forEach(baggage.workspaceOf);
  if (options.dryRun) {
    for (const spec of specs.values()) yield renderPlan(await planOf(spec, baggage));
    return;
  }
  const jobsFile = await openJobsFile(ctx, options.outputFile);
  yield* renderResults(sendJobs(ctx, [...specs.values()], baggage, { ...options, jobsFile }));
}
