import type { PlannedRerun } from "../../azureml/submit/rerun_plan.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { Output } from "../command/output.ts";
import { countText } from "../text/units.ts";

/** How many steps that are left out are named; `--json` has them all. */
const NAMED = 10;

/** A job that was sent again. */
export interface SentRerun {
  readonly job: string;
  readonly name: string;
  readonly status: string;
  readonly studioUrl: string;
  readonly wasThere: boolean;
  /** The job that it repeats. */
  readonly of: string;
  readonly planned: PlannedRerun;
}

/** Tells that Azure ML has taken a job that repeats another. */
export function renderRerun(sent: SentRerun, workspace: WorkspaceConfig): Output {
  const { job, name, status, studioUrl, wasThere, of, planned } = sent;
  const { steps, leftOut } = planned;
  const said = wasThere
    ? `✓ Job ${of} was run again as ${name} already, the same and ${status}; nothing was sent`
    : `✓ Job ${of} is run again as ${name}: ${stepsText(planned)}`;
  return {
    data: { job, name, status, studioUrl, workspace, wasThere, rerunOf: of, steps, leftOut },
    text: `${said}\n${studioUrl}\n`,
  };
}

/** Shows what would be sent again. */
export function renderPlannedRerun(planned: PlannedRerun, workspace: WorkspaceConfig): Output {
  const { old, body, steps, leftOut } = planned;
  return {
    data: { rerunOf: old.name, dryRun: true, workspace, steps, leftOut, body },
    text: [
      `Job ${old.name}, ${old.status}, would run again in workspace ${workspace.name}: ${stepsText(planned)}`,
      ...steps.map((step) => `  ${step}`),
      "Nothing was sent",
    ].join("\n") + "\n",
  };
}

function stepsText({ steps, leftOut }: PlannedRerun): string {
  const rest = leftOut.length - NAMED;
  const names = [...leftOut.slice(0, NAMED), ...(rest > 0 ? [`${rest} more`] : [])].join(", ");
  const left = leftOut.length === 0 ? "" : `, without ${names}, which completed`;
  return `${countText(steps.length, "step")}${left}`;
}
