import type { JobSpec } from "../../azureml/job_spec.ts";
import { type Plan, planJob } from "../../azureml/plan.ts";
import { checkSubmittable } from "../../azureml/submittable.ts";
import type { Context } from "../../context.ts";
import { checkDisplayNames, compileJob, type CompilingOptions, selectJobs } from "../jobs.ts";
import type { Output } from "../output.ts";
import { openProgress } from "../progress.ts";
import { withParamsFile } from "../params_file.ts";
import { renderCompiledLine, renderPlan } from "../render/submit.ts";
import {
  type Baggage,
  packBaggage,
  refusePlaceholders,
  sendJobs,
  type SubmissionOptions,
} from "../submission.ts";

/** Options of `submit`. */
export interface SubmitOptions extends CompilingOptions, SubmissionOptions {
  readonly dryRun?: boolean;
  /** Name to show, by job. */
  readonly displayName?: Readonly<Record<string, string>>;
}

/** Compiles jobs, and sends them unless `dryRun` only shows them; no job is sent unless all compile. */
export async function* submit(ctx: Context, given: SubmitOptions): AsyncIterable<Output> {
  const options = await withParamsFile(ctx, given);
  const { displayName = {}, ...rest } = options;
  const selected = await selectJobs(ctx, rest);
  checkDisplayNames(displayName, selected.jobs);
  const compiled = [...selected.jobs.keys()].map((name) =>
    compileJob(selected, name, rest, displayName[name])
  );
  const { session } = selected;
  yield {
    data: undefined,
    text: "",
    warnings: [...session.warnings, ...compiled.flatMap(({ warnings }) => warnings)],
  };
  const specs = compiled.map(({ spec }) => spec);
  const progress = openProgress(ctx, options);
  for (const spec of specs) {
    checkSubmittable(spec);
    progress.say(renderCompiledLine(spec, session), {
      type: "compiled",
      job: spec.job,
      steps: spec.steps.length,
    });
  }
  const baggage = await packBaggage(ctx, selected, options);
  specs.forEach(baggage.workspaceOf);
  if (options.dryRun) {
    for (const spec of specs) yield renderPlan(await planOf(spec, baggage, session.project.root));
  } else {
    refusePlaceholders(session.config);
    yield* sendJobs(ctx, specs, baggage, { ...options, root: session.project.root });
  }
}

async function planOf(
  spec: JobSpec,
  { workspaceOf, code, properties }: Baggage,
  root: string,
): Promise<Plan> {
  const prepared = spec.codeDirectory === undefined ? undefined : await code(spec.codeDirectory);
  return planJob(spec, { workspace: workspaceOf(spec), code: prepared, properties, root });
}
