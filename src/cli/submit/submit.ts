import type { AppContext } from "../../app/context.ts";
import type { CallbackName } from "../../kedro/callback.ts";
import { type Checked, type CheckingOptions, requireSound } from "../../app/check/check.ts";
import {
  checkDisplayNames,
  refuseOneNameForSeveral,
  type Selected,
  selectJobs,
} from "../../app/project/select_jobs.ts";
import { jobTags } from "../../app/ci/ci_run.ts";
import { openJobsFile } from "../../app/records/jobs_file.ts";
import { renderResults } from "../text/run_results.ts";
import type { Output } from "../command/output.ts";
import { openCallback } from "../../app/submit/callback.ts";
import { refusePackageOptions } from "../../app/package/options.ts";
import { withParamsFile } from "../../app/project/params_file.ts";
import { renderPlan } from "./submit_text.ts";
import { planOf, sendJobs } from "../../app/submit/submit.ts";

/** Options of `submit`. */
export interface SubmitOptions extends CheckingOptions {
  readonly dryRun?: boolean;
  /** Where to write which jobs were sent. */
  readonly outputFile?: string;
  /** A function of the project that is called with each job once Azure has it. */
  readonly onJobScheduled?: CallbackName;
}

/** Compiles and checks jobs, and sends them unless `dryRun` only shows them; no job is sent unless all are sound. */
export async function* submit(ctx: AppContext, given: SubmitOptions): AsyncIterable<Output> {
  const jobsFile = await openJobsFile(ctx, given.dryRun ? undefined : given.outputFile);
  const options = await withParamsFile(ctx, given);
  refusePackageOptions(options);
  refuseOneNameForSeveral(options.name, new Set(options.job).size);
  const selected = await selectJobs(ctx, options);
  checkDisplayNames(options.displayName ?? {}, selected.jobs);
  const callback = await openCallback(ctx, selected.session.project, options);
  const { specs, baggage, warnings } = await requireSound(ctx, selected, { ...options, action: "submit" });
  yield { data: undefined, text: "", warnings };
  reportCompiled(ctx, specs, selected.session);
  if (options.dryRun) {
    for (const spec of specs.values()) {
      yield renderPlan(await planOf(spec, baggage, jobTags(ctx, baggage, options)(spec.job)));
    }
    return;
  }
  yield* renderResults(sendJobs(ctx, [...specs.values()], baggage, { ...options, callback, jobsFile }));
}

function reportCompiled(
  ctx: AppContext,
  specs: Checked["specs"],
  { project, env }: Selected["session"],
): void {
  for (const [job, { steps, pipelineName: pipeline }] of specs) {
    ctx.report({ type: "compiled", job, steps: steps.length, pipeline, project: project.name, env });
  }
}
