import { readJobMetrics, type StepMetrics } from "../../azureml/service/history/job_metrics.ts";
import type { JobRuns } from "../../azureml/service/history/job_runs.ts";
import type { Workspace } from "../../azureml/service/client/workspace.ts";
import { numberData } from "../../core/text/numbers.ts";
import { maskedPair } from "../../core/text/mask.ts";
import type { StepProgress, TrackedView } from "../../page/view.ts";

/** What a job and its steps logged to MLflow, for the page. */
export interface ReadTracked {
  readonly job: readonly TrackedView[] | undefined;
  /** By key of the step. */
  readonly steps: ReadonlyMap<string | undefined, Pick<StepProgress, "tracked">>;
}

/** Reads what a job and its steps logged to MLflow. @throws {UserError} `azure.*`, `network.*`. */
export async function readTracked(
  workspace: Workspace,
  { job: { name }, steps, history }: JobRuns,
): Promise<ReadTracked> {
  const logged = await readJobMetrics(workspace, { name, steps, history });
  const runs = logged.filter(({ metrics, params }) => metrics.length > 0 || Object.keys(params).length > 0);
  const views = new Map(
    [...Map.groupBy(runs, ({ key }) => key)].map(([key, group]) =>
      [key, { tracked: group.map(toView) }] as const
    ),
  );
  return { job: views.get(undefined)?.tracked, steps: views };
}

function toView({ nested, metrics, params }: StepMetrics): TrackedView {
  return {
    ...(nested.length > 0 && { nested: nested.join(" > ") }),
    metrics: metrics.map(({ name, value }) => [name, numberData(value)] as const),
    params: Object.entries(params).map(([name, value]) => maskedPair(name, value)),
  };
}
