import type { AppContext } from "../../app/context.ts";
import { rerunJob, type RerunRequest } from "../../app/rerun/rerun.ts";
import type { PlannedRerun } from "../../azureml/features/rerun/plan.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import { type RunsTyped, sendRequest, type SendTyped } from "../command/run_requests.ts";
import { maskedBody } from "../../core/text/mask.ts";
import { type Output, workspaceData } from "../command/output.ts";
import { renderResults, rerunStepsText, stepKeys } from "../text/run_results.ts";

/** What is typed for `rerun`. */
interface RerunTyped extends SendTyped, Pick<RunsTyped, "project" | "workspace" | "from"> {
  /** The run to repeat. */
  readonly args: { readonly job?: string };
  readonly fromFailed?: boolean;
}

/** Submits an earlier run again; with `dryRun`, shows what would be sent. */
export async function* rerun(ctx: AppContext, typed: RerunTyped): AsyncIterable<Output> {
  yield* renderResults(rerunJob(ctx, rerunRequest(typed)), {
    planned: ({ planned, workspace }) => renderPlan(planned, workspace),
  });
}

function rerunRequest(typed: RerunTyped): RerunRequest {
  const { args: { job }, project, workspace, from, fromFailed } = typed;
  const run = { names: job === undefined ? [] : [job], project, workspace, from };
  return { run, fromFailed, ...sendRequest(typed) };
}

/** Renders what would be sent again. */
function renderPlan(planned: PlannedRerun, workspace: WorkspaceConfig): Output {
  const { old, body, steps } = planned;
  return {
    data: maskedBody({
      rerunOf: old.name,
      dryRun: true,
      workspace: workspaceData(workspace),
      ...stepKeys(planned),
      body,
    }),
    text: [
      `Job ${old.name}, ${old.status}, would run again in workspace ${workspace.name}: ${
        rerunStepsText(planned)
      }`,
      ...steps.map(({ label }) => `  ${label}`),
      "Nothing was sent",
    ].join("\n") + "\n",
  };
}
