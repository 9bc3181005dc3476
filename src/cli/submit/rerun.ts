import type { AppContext } from "../../app/context.ts";
import { planRerun } from "../../azureml/submit/rerun_plan.ts";
import { type JobOptions, openJobs } from "../../app/runs/targets.ts";
import { openJobsFile } from "../../app/records/jobs_file.ts";
import type { Output } from "../command/output.ts";
import type { PlannedRerun } from "../../azureml/submit/rerun_plan.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import { renderResults, rerunStepsText } from "../text/run_results.ts";
import { type RerunningOptions, sendRerun } from "../../app/submit/rerun.ts";

/** Options of `rerun`. */
export interface RerunOptions extends JobOptions, Omit<RerunningOptions, "jobsFile"> {
  /** Whether only steps that did not complete run again. */
  readonly fromFailed?: boolean;
  readonly dryRun?: boolean;
  /** Where to write which job was sent. */
  readonly outputFile?: string;
  /** What the new job is to be called in Azure ML. */
  readonly as?: string;
}

/** Submits a job again as it was, whole or from what failed. */
export async function* rerun(ctx: AppContext, options: RerunOptions): AsyncIterable<Output> {
  const [target] = await openJobs(ctx, options);
  const { workspace, name, job } = target!;
  const planned = await planRerun(workspace, name, { fromFailed: options.fromFailed ?? false });
  if (options.dryRun) return yield renderPlannedRerun(planned, workspace.config);
  const jobsFile = await openJobsFile(ctx, options.outputFile);
  yield* renderResults(sendRerun(ctx, { workspace, planned, job: job ?? name }, { ...options, jobsFile }));
}

/** Shows what would be sent again. */
function renderPlannedRerun(planned: PlannedRerun, workspace: WorkspaceConfig): Output {
  const { old, body, steps, leftOut } = planned;
  return {
    data: { rerunOf: old.name, dryRun: true, workspace, steps, leftOut, body },
    text: [
      `Job ${old.name}, ${old.status}, would run again in workspace ${workspace.name}: ${
        rerunStepsText(planned)
      }`,
      ...steps.map((step) => `  ${step}`),
      "Nothing was sent",
    ].join("\n") + "\n",
  };
}
