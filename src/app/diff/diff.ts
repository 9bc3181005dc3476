import { type Change, changesOf } from "../../azureml/features/compare/changes.ts";
import { type CodeChanges, codeChanges } from "../../azureml/features/compare/code_changes.ts";
import { codesOf } from "../../azureml/features/compare/describe.ts";
import { describePrepared, describeSubmitted } from "../../azureml/features/compare/describe_submitted.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import type { Job } from "../../azureml/service/runs/run.ts";
import type { Warning } from "../../core/errors.ts";
import { type CheckRequest, requireSubmittable } from "../check/check.ts";
import type { AppContext } from "../context.ts";
import { selectJobs } from "../project/select_jobs.ts";
import type { ProjectInputs } from "../project/submission_inputs.ts";
import { findBaseline } from "./baseline.ts";
import { openSubmitters } from "../submit/send_jobs.ts";

export { changeText } from "../../azureml/features/compare/changes.ts";

/** Which jobs to compare, and with what. */
export interface DiffRequest extends CheckRequest {
  /** Name in Azure ML of the run to compare with. */
  readonly against?: string | undefined;
  /** Whether to show line-by-line changes of text files. */
  readonly patch?: boolean | undefined;
}

/** How a job differs from an earlier run of it. */
export interface JobDifference {
  /** Name in azureml.yml. */
  readonly job: string;
  /** The run that it is compared with. */
  readonly run: Job;
  /** Set if the run may be one of another job. */
  readonly doubt: Warning | undefined;
  /** Current number of steps. */
  readonly steps: number;
  readonly changes: readonly Change[];
  /** Absent if no file of the code can differ. */
  readonly code: CodeChanges | undefined;
}

/** What `diff` yields: the warnings of the checks, then the difference of each job. */
export type DiffResult =
  | { readonly type: "checked"; readonly warnings: readonly Warning[] }
  | { readonly type: "difference"; readonly difference: JobDifference };

/**
 * Compares jobs as they would be submitted now with their last runs; submits nothing.
 *
 * @throws {UserError} `diff.no_run` for a job without an earlier run, and the code of `single` for several jobs.
 */
export async function* diffJobs(ctx: AppContext, request: DiffRequest): AsyncIterable<DiffResult> {
  const { against, patch = false, strictness } = request;
  const selected = await selectJobs(ctx, request);
  const checking = { ...request, action: "compare", dryRun: true };
  const { specs, inputs, warnings } = await requireSubmittable(ctx, selected, checking);
  yield { type: "checked", warnings };
  const submitterOf = await openSubmitters(ctx, inputs, { strictness });
  for (const spec of specs.values()) {
    const difference = await diffJob(ctx, spec, { inputs, submitterOf, against, patch });
    yield { type: "difference", difference };
  }
}

async function diffJob(
  ctx: AppContext,
  spec: JobSpec,
  { inputs, submitterOf, against, patch }: {
    readonly inputs: ProjectInputs;
    readonly submitterOf: Awaited<ReturnType<typeof openSubmitters>>;
    readonly against: string | undefined;
    readonly patch: boolean;
  },
): Promise<JobDifference> {
  const [workspace, submitter] = submitterOf(spec);
  const prepared = await submitter.preview(spec);
  const { root, env } = inputs;
  const { job } = spec;
  const run = await findBaseline(ctx, workspace, { root, job, env, body: prepared.body, against });
  const before = await describeSubmitted(workspace, run.body, prepared.components);
  const after = describePrepared(prepared);
  const [old, now] = [codesOf(before), codesOf(after)];
  const hasOtherCode = old.length === 1 && now.length === 1 && old[0] !== now[0];
  const code = hasOtherCode
    ? await codeChanges(workspace, old[0]!, await inputs.code(spec.codeDirectory!), { patches: patch })
    : undefined;
  return {
    job,
    run: run.job,
    doubt: run.doubt,
    steps: after.steps.size,
    changes: changesOf(before, after),
    code,
  };
}
