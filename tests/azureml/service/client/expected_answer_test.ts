import { doesNotThrow, throws } from "node:assert/strict";
import { requireExpected } from "../../../../src/azureml/service/client/expected_answer.ts";
import type { WorkspaceRequest } from "../../../../src/azureml/service/client/workspace.ts";
import { createHttpHeaders, createPipelineRequest } from "../../../../src/core/net/azure_http.ts";

const BELOW = "/subscriptions/s/resourceGroups/rg/providers/P/workspaces/ws";

/** Requests with a response that is about them, and one that is not. */
const CASES: readonly (readonly [WorkspaceRequest["method"], path: string, about: unknown, not: unknown])[] =
  [
    ["GET", "computes", { value: [] }, { name: "computes" }],
    ["GET", "data/raw/versions", { value: [] }, [{ value: [] }]],
    ["GET", "computes/Gpu", { id: `${BELOW}/COMPUTES/gpu`, name: "x" }, { id: `${BELOW}/computes/cpu` }],
    ["GET", "computes/gpu", { id: null, name: "GPU" }, { id: 5, name: "gpu" }],
    ["GET", "computes/a%20b", { name: "a b" }, { name: "a%20b" }],
    ["GET", "computes/gpu", { name: "gpu" }, {}],
    ["GET", "computes/gpu", { name: "gpu" }, { properties: {} }],
    ["GET", "", { id: BELOW }, { id: `${BELOW}2` }],
    ["GET", "", { name: "ws" }, null],
    ["PUT", "jobs/j", { name: "j" }, { name: "k" }],
    ["PUT", "schedules/s", { properties: {} }, {}],
    ["PUT", "schedules/s", { properties: {} }, { properties: {}, name: "other" }],
    ["PUT", "schedules/s", { properties: {} }, { properties: {}, id: "other" }],
    ["PUT", "components/c/versions/1", { id: `${BELOW}/Components/C/versions/9` }, { name: "1" }],
    ["PUT", "components/c/versions/1", { id: `${BELOW}/components/c/versions/9` }, {
      id: `${BELOW}/components/d/versions/1`,
    }],
  ];

function check(method: WorkspaceRequest["method"], path: string, body: unknown, status = 200): void {
  requireExpected({ action: "do it", method, path, below: BELOW }, {
    status,
    headers: createHttpHeaders(),
    request: createPipelineRequest({ url: "https://management.azure.com" }),
    bodyAsText: typeof body === "string" ? body : JSON.stringify(body),
  });
}

for (const [method, path, about, not] of CASES) {
  const request = `${method} ${path || "the workspace"}`;
  Deno.test(`requireExpected() accepts ${JSON.stringify(about)} for ${request}, and rejects ${JSON.stringify(not)}`, () => {
    doesNotThrow(() => check(method, path, about));
    throws(() => check(method, path, not), { code: "network.answer" });
    throws(() => check(method, path, not, 299), { code: "network.answer" });
  });
}

Deno.test("requireExpected() accepts any JSON after POST and DELETE, and nothing else", () => {
  for (const method of ["POST", "DELETE"] as const) {
    doesNotThrow(() => check(method, "jobs/j/cancel", {}));
    throws(() => check(method, "jobs/j/cancel", "<html>"), { code: "network.answer" });
  }
});

Deno.test("requireExpected() does not read responses that have no content or tell of a failure", () => {
  for (const status of [204, 300, 404]) doesNotThrow(() => check("GET", "jobs/j", "<html>", status));
});
