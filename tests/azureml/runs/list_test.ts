import { deepEqual } from "node:assert/strict";
import { findNewest, listJobs } from "../../../src/azureml/runs/jobs.ts";
import type { Workspace } from "../../../src/azureml/client/workspace.ts";
import { workspaceOf } from "./odd_answers.ts";
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

Deno.test("findNewest() searches only the newest 1,000 jobs", async () => {
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

Deno.test("listJobs() asks for active pipeline jobs, also by a tag, and returns all that is known of each", async () => {
  const asked: Record<string, string>[] = [];
  const stages = JSON.stringify({ Execution: { EndTime: "2026-01-02T04:00:00Z" } });
  const workspace = workspaceOf(({ url }) => {
    asked.push(Object.fromEntries(new URL(url).searchParams));
    return Response.json({
      value: [
        {
          name: "fox",
          properties: {
            jobType: "Pipeline",
            displayName: "Nightly",
            experimentName: "e",
            status: "Completed",
            tags: { team: "a" },
            properties: { "azureml.pipelines.stages": stages },
            services: { Studio: { endpoint: "https://ml.azure.com/runs/fox" } },
          },
          systemData: { createdAt: "2026-01-02T03:04:05Z", createdBy: "Ana" },
        },
        { name: "bare", properties: { jobType: "Pipeline" } },
      ],
    });
  });
  deepEqual(await Array.fromAsync(listJobs(workspace, { tag: "team" })), [
    {
      name: "fox",
      displayName: "Nightly",
      experimentName: "e",
      status: "Completed",
      tags: { team: "a" },
      properties: { "azureml.pipelines.stages": '{"Execution":{"EndTime":"2026-01-02T04:00:00Z"}}' },
      createdAt: new Date("2026-01-02T03:04:05Z"),
      endedAt: new Date("2026-01-02T04:00:00Z"),
      createdBy: "Ana",
      studioUrl: "https://ml.azure.com/runs/fox",
    },
    {
      name: "bare",
      displayName: undefined,
      experimentName: "Default",
      status: "NotStarted",
      tags: {},
      properties: {},
      createdAt: undefined,
      endedAt: undefined,
      createdBy: undefined,
      studioUrl: undefined,
    },
  ]);
  await Array.fromAsync(listJobs(workspace));
  const shared = { "api-version": "2024-01-01-preview", jobType: "Pipeline", listViewType: "ActiveOnly" };
  deepEqual(asked, [{ ...shared, tag: "team" }, shared]);
});
