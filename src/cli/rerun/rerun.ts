import type { AppContext } from "../../app/context.ts";
import { rerunJob, type RerunOptions } from "../../app/rerun/rerun.ts";
import type { PlannedRerun } from "../../azureml/features/rerun/plan.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import { followRequest, type FollowTyped } from "../command/requests.ts";
import { type Output, workspaceData } from "../command/output.ts";
import { renderResults, rerunStepsText } from "../text/run_results.ts";

/** What is typed for `rerun`. */
interface RerunTyped extends FollowTyped, Omit<RerunOptions, "names" | "as" | "follow"> {
  /** The run to repeat. */
  readonly args: { readonly job?: string };
  /** Name of the new run. */
  readonly name?: string;
}

/** Submits an earlier run again; with `dryRun`, shows what would be sent. */
export async function* rerun(ctx: AppContext, typed: RerunTyped): AsyncIterable<Output> {
  yield* renderResults(
    rerunJob(ctx, rerunRequest(typed)),
    ({ planned, workspace }) => renderPlan(planned, workspace),
  );
}

function rerunRequest(typed: RerunTyped): RerunOptions {
  const { args: { job }, name: as, ...rest } = followRequest(typed);
  return { ...rest, names: job === undefined ? [] : [job], ...(as !== undefined && { as }) };
}

/** Renders what would be sent again. */
function renderPlan(planned: PlannedRerun, workspace: WorkspaceConfig): Output {
  const { old, body, steps, leftOut } = planned;
  return {
    data: { rerunOf: old.name, dryRun: true, workspace: workspaceData(workspace), steps, leftOut, body },
    text: [
      `Job ${old.name}, ${old.status}, would run again in workspace ${workspace.name}: ${
        rerunStepsText(planned)
      }`,
      ...steps.map((step) => `  ${step}`),
      "Nothing was sent",
    ].join("\n") + "\n",
  };
}
