import { nodeLines } from "../../azureml/service/history/node_lines.ts";
import type { NodeRunView } from "../../page/view.ts";

/** The last state of each node in a step's log; empty for a step with one node. Pure. */
export function lastNodeRuns(log: string): readonly NodeRunView[] {
  const runs = new Map(nodeLines(log).map((run) => [run.name, run]));
  return [...runs.values()].map(({ name, status, durationMs }) => ({
    name,
    status,
    ...(durationMs !== undefined && { durationMs }),
  }));
}
