import type { AppContext } from "../../app/context.ts";
import { codeChanges } from "../../azureml/compare/code_changes.ts";
import { changesOf } from "../../azureml/compare/changes.ts";
import { codesOf } from "../../azureml/compare/describe.ts";
import { describePrepared, describeSubmitted } from "../../azureml/compare/require_same.ts";
import type { JobSpec } from "../../azureml/job_spec.ts";
import { ExitCode } from "../../core/errors.ts";
import { type CheckingOptions, requireSound } from "../../app/check/check.ts";
import { findBaseline } from "../../app/submit/baseline.ts";
import { refuseOneRunForSeveral, selectJobs } from "../../app/project/select_jobs.ts";
import type { Output } from "../command/output.ts";
import { withParamsFile } from "../../app/project/params_file.ts";
import { renderDiff } from "./diff_text.ts";
import { type Baggage, openSubmitters } from "../../app/submit/submit.ts";

/** Options of `diff`. */
export interface DiffOptions extends CheckingOptions {
  /** Name in Azure ML of the run to compare with. */
  readonly against?: string;
  /** Whether changes are told by the exit code. */
  readonly exitCode?: boolean;
  /** Whether to show how texts of the code changed. */
  readonly patch?: boolean;
}

/** Compares what jobs would be now with their last runs; sends nothing. */
export async function* diff(ctx: AppContext, given: DiffOptions): AsyncIterable<Output> {
  const options = await withParamsFile(ctx, given);
  refuseOneRunForSeveral(options.against, new Set(options.job).size);
  const selected = await selectJobs(ctx, options);
  const checking = { ...options, action: "compare", dryRun: true };
  const { specs, baggage, warnings } = await requireSound(ctx, selected, checking);
  yield { data: undefined, text: "", warnings };
  const submitters = await openSubmitters(ctx, baggage, options);
  for (const spec of specs.values()) yield await diffOne(ctx, spec, { baggage, submitters, options });
}

async function diffOne(
  ctx: AppContext,
  spec: JobSpec,
  { baggage, submitters, options }: {
    readonly baggage: Baggage;
    readonly submitters: Awaited<ReturnType<typeof openSubmitters>>;
    readonly options: DiffOptions;
  },
): Promise<Output> {
  const [workspace, submitter] = submitters.submitterOf(spec);
  const ours = await submitter.preview(spec);
  const { root, env } = baggage;
  const { job, against } = { job: spec.job, against: options.against };
  const run = await findBaseline(ctx, workspace, { root, job, env, body: ours.body, against });
  const before = await describeSubmitted(workspace, run.body, ours.components);
  const after = describePrepared(ours);
  const changes = changesOf(before, after);
  const [old, now] = [codesOf(before), codesOf(after)];
  const isOther = old.length === 1 && now.length === 1 && old[0] !== now[0];
  const code = isOther
    ? await codeChanges(workspace, old[0]!, await baggage.code(spec.codeDirectory!), {
      patches: options.patch ?? false,
    })
    : undefined;
  const output = renderDiff({ job, run: run.job, steps: after.steps.size, changes, code });
  return options.exitCode && output.isChanged ? { ...output, exit: ExitCode.Changed } : output;
}
