import { deepEqual } from "node:assert/strict";
import { findNewest } from "../../../src/azureml/runs/jobs.ts";
import type { Workspace } from "../../../src/azureml/client/workspace.ts";
import { createHttpHeaders } from "../../../src/core/net/azure_http.ts";

/** A workspace with jobs whose display names are their positions, in pages of 100. */
function workspaceWithJobs(count: number) {
  let asked = 0;
  const page = (from: number) => ({
    value: Array.from({ length: Math.min(100, count - from) }, (_, at) => ({
      name: `job-${from + at}`,
      properties: {
        jobType: "Pipeline",
        displayName: `${from + at}`,
        experimentName: from + at === 5 ? "other" : "e",
      },
    })),
    ...(from + 100 < count && {
      nextLink: `https://management.azure.com/subscriptions/s/resourceGroups/rg/providers/` +
        `Microsoft.MachineLearningServices/workspaces/ws/jobs?from=${from + 100}`,
    }),
  });
  const workspace = {
    id: "/subscriptions/s/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws",
    config: { subscription_id: "s", resource_group: "rg", name: "ws" },
    cloud: { resourceManager: "https://management.azure.com" },
    clock: { now: () => new Date(0) },
    isMissing: () => false,
    exchange: async () => {
      const bodyAsText = JSON.stringify(page(100 * asked++));
      return { status: 200, headers: createHttpHeaders(), bodyAsText };
    },
  } as unknown as Workspace;
  return { workspace, asked: () => asked };
}

Deno.test("findNewest() searches the newest 1,000 jobs", async () => {
  const find = async (displayName: string, experimentName = "e") => {
    const { workspace, asked } = workspaceWithJobs(1100);
    return [
      (await findNewest(
        workspace,
        (job) => job.displayName === displayName && job.experimentName === experimentName,
      ))?.name,
      asked(),
    ];
  };
  deepEqual(await find("0"), ["job-0", 1]);
  deepEqual(await find("5", "other"), ["job-5", 1]);
  deepEqual(await find("999"), ["job-999", 10]);
  deepEqual(await find("1000"), [undefined, 10]);
  deepEqual(await find("5"), [undefined, 10]);
});
