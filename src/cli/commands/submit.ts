import { checkSubmittable } from "../../azureml/submittable.ts";
import type { Context } from "../../context.ts";
import type { CallbackName } from "../../kedro/callback.ts";
import {
  checkDisplayNames,
  type CompiledJobs,
  compileSelected,
  type CompilingOptions,
  refuseOneNameForSeveral,
  type Selected,
  selectJobs,
} from "../jobs.ts";
import { jobTags } from "../ci.ts";
import { openJobsFile } from "../jobs_file.ts";
import { type OldKedroOptions, refuseOldKedro } from "../old_kedro.ts";
import type { Output } from "../output.ts";
import { openCallback } from "../calling_back.ts";
import { openProgress, type Progress } from "../progress.ts";
import { refusePackageOptions } from "../package_options.ts";
import { withParamsFile } from "../params_file.ts";
import { renderCompiledLine, renderPlan } from "../render/submit.ts";
import { packBaggage, planOf, refusePlaceholders, sendJobs, type SubmissionOptions } from "../submission.ts";

/** Options of `submit`. */
export interface SubmitOptions extends CompilingOptions, SubmissionOptions, OldKedroOptions {
  readonly dryRun?: boolean;
  /** Where to write which jobs were sent. */
  readonly outputFile?: string;
  /** A function of the project that is called with each job once Azure has it. */
  readonly onJobScheduled?: CallbackName;
  /** Name to show, by job. */
  readonly displayName?: Readonly<Record<string, string>>;
}

/** Compiles jobs, and sends them unless `dryRun` only shows them; no job is sent unless all compile. */
export async function* submit(ctx: Context, given: SubmitOptions): AsyncIterable<Output> {
  const jobsFile = await openJobsFile(ctx, given.dryRun ? undefined : given.outputFile);
  const { displayName = {}, ...options } = await withParamsFile(ctx, given);
  refusePackageOptions(options);
  refuseOneNameForSeveral(options.name, new Set(options.job).size);
  const selected = await selectJobs(ctx, options);
  checkDisplayNames(displayName, selected.jobs);
  const callback = await openCallback(ctx, selected.session.project, options);
  const { specs, told } = await compileSelected(ctx, selected, options, displayName);
  yield told;
  sayCompiled(openProgress(ctx, options), specs, selected.session);
  const baggage = await packBaggage(ctx, selected, options);
  specs.forEach(baggage.workspaceOf);
  if (options.dryRun) {
    for (const spec of specs.values()) {
      yield renderPlan(await planOf(spec, baggage, jobTags(ctx, baggage, options)(spec.job)));
    }
    return;
  }
  refuseOldKedro(selected.session, options);
  refusePlaceholders(selected.session.config);
  yield* sendJobs(ctx, [...specs.values()], baggage, { ...options, callback, jobsFile });
}

function sayCompiled(progress: Progress, specs: CompiledJobs["specs"], session: Selected["session"]): void {
  for (const [job, spec] of specs) {
    checkSubmittable(spec, session.config.place);
    const data = { type: "compiled", job, steps: spec.steps.length };
    progress.say(renderCompiledLine(spec, session), data);
  }
}
