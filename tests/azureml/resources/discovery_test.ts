import { equal, rejects } from "node:assert/strict";
import type { Workspace } from "../../../src/azureml/client/workspace.ts";
import { findApi } from "../../../src/azureml/resources/hosts.ts";
import { workspaceOf } from "../runs/odd_answers.ts";

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
    ["rejects an HTML page of a proxy", answering(200, "<html>"), { code: "run_history.not_found" }],
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
  const workspace = workspaceOf(() => Response.json({ id: "/x/workspaces/ws", name: "ws", properties: {} }));
  await rejects(findApi(workspace), {
    code: "run_history.not_found",
    exit: 6,
    message: "Cannot find the workspace's run history: the workspace's discovery document does not name it",
    hint: "Open the job in Azure ML studio: `kedro-azureml job open`",
  });
});
