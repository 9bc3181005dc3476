import { deepEqual, equal, rejects } from "node:assert/strict";
import { probeBlobs } from "../../../../src/azureml/service/access/access.ts";
import type { Workspace } from "../../../../src/azureml/service/client/workspace.ts";
import { findApi } from "../../../../src/azureml/service/runs/discovery.ts";
import { findNewest } from "../../../../src/azureml/service/runs/list.ts";
import { createHttpHeaders } from "../../../../src/core/net/azure_http.ts";

const API = "https://eastus.api.azureml.ms";

/** A workspace whose hosts answer with a status and a body. */
function answering(status: number, body = ""): Workspace {
  return {
    cloud: {},
    ask: () => Promise.resolve({ status, bodyAsText: body }),
    refused: (action: string, answer: { status: number }) => new Error(`${action}: ${answer.status}`),
  } as unknown as Workspace;
}

for (
  const [what, workspace, found] of [
    ["returns the address in the discovery document", answering(200, `{"api":"${API}/"}`), API],
    ["rejects a document without an address", answering(200, "{}"), { code: "run_history.not_found" }],
    ["rejects a document with an invalid address", answering(200, '{"api":"eastus"}'), {
      code: "run_history.not_found",
    }],
    ["rejects an HTML page of a proxy", answering(200, "<html>"), { code: "run_history.not_found" }],
    ["rejects a document with status 400", answering(400, `{"api":"${API}"}`), {
      code: "run_history.not_found",
    }],
    ["rejects status 401", answering(401), { message: "find the workspace's run history: 401" }],
    ["rejects status 403", answering(403), { message: "find the workspace's run history: 403" }],
    ["rejects status 404", answering(404), { code: "run_history.not_found" }],
  ] as const
) {
  Deno.test(`findApi() ${what}`, async () => {
    const api = findApi(workspace, "https://discovery");
    if (typeof found === "string") equal(await api, found);
    else await rejects(api, found);
  });
}

Deno.test("findApi() fails for a workspace without a discovery URL", async () => {
  await rejects(findApi(answering(200, `{"api":"${API}"}`), undefined), {
    code: "run_history.not_found",
    hint: "Open the job in Azure ML studio: `kedro-azureml job open`",
  });
});

Deno.test("probeBlobs() returns true if the storage lists its blobs, and rejects other statuses", async () => {
  const store = { url: "https://store/box", name: "mine" } as Parameters<typeof probeBlobs>[1];
  equal(await probeBlobs(answering(200), store), true);
  for (const status of [400, 403]) {
    await rejects(probeBlobs(answering(status), store), {
      message: `list the blobs of datastore "mine": ${status}`,
    });
  }
});

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
