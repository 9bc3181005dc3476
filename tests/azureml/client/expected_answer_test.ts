import { doesNotThrow, throws } from "node:assert/strict";
import { requireExpected } from "../../../src/azureml/client/workspace.ts";
import type { WorkspaceRequest } from "../../../src/azureml/client/workspace.ts";
import { createHttpHeaders, createPipelineRequest } from "../../../src/core/net/azure_http.ts";

const BELOW = "/subscriptions/s/resourceGroups/rg/providers/P/workspaces/ws";

/** Requests with a response that is about them, and one that is not. */
const CASES: readonly (readonly [
  what: string,
  method: WorkspaceRequest["method"],
  path: string,
  about: unknown,
  not: unknown,
])[] = [
  ["a list, but no resource, for GET computes", "GET", "computes", { value: [] }, { name: "computes" }],
  ["a resource by its ID, but no other ID, for GET computes/Gpu", "GET", "computes/Gpu", {
    id: `${BELOW}/COMPUTES/gpu`,
    name: "x",
  }, { id: `${BELOW}/computes/cpu` }],
  ["a resource by its name, but no number as its ID, for GET computes/gpu", "GET", "computes/gpu", {
    id: null,
    name: "GPU",
  }, { id: 5, name: "gpu" }],
  ["a name, but no empty object, for GET computes/gpu", "GET", "computes/gpu", { name: "gpu" }, {}],
  ["the workspace's ID, but no longer ID, for GET of the workspace", "GET", "", { id: BELOW }, {
    id: `${BELOW}2`,
  }],
  ["the job's name, but no other name, for PUT jobs/j", "PUT", "jobs/j", { name: "j" }, { name: "k" }],
  ["properties, but no empty object, for PUT schedules/s", "PUT", "schedules/s", { properties: {} }, {}],
  ["properties without a name, but not with another name, for PUT schedules/s", "PUT", "schedules/s", {
    properties: {},
  }, { properties: {}, name: "other" }],
  [
    "another version's ID in any case, but no version as the name, for PUT components/c/versions/1",
    "PUT",
    "components/c/versions/1",
    { id: `${BELOW}/Components/C/versions/9` },
    { name: "1" },
  ],
  [
    "its own version's ID, but no other's, for GET components/c/versions/1",
    "GET",
    "components/c/versions/1",
    { id: `${BELOW}/components/c/versions/1` },
    { id: `${BELOW}/components/c/versions/9` },
  ],
];

function check(method: WorkspaceRequest["method"], path: string, body: unknown, status = 200): void {
  requireExpected({ action: "do it", method, path, below: BELOW }, {
    status,
    headers: createHttpHeaders(),
    request: createPipelineRequest({ url: "https://management.azure.com" }),
    bodyAsText: typeof body === "string" ? body : JSON.stringify(body),
  });
}

for (const [what, method, path, about, not] of CASES) {
  Deno.test(`requireExpected() accepts ${what}`, () => {
    doesNotThrow(() => check(method, path, about));
    throws(() => check(method, path, not), { code: "network.answer" });
    throws(() => check(method, path, not, 299), { code: "network.answer" });
  });
}

Deno.test("requireExpected() accepts any JSON, but no HTML, after POST and DELETE", () => {
  for (const method of ["POST", "DELETE"] as const) {
    doesNotThrow(() => check(method, "jobs/j/cancel", {}));
    throws(() => check(method, "jobs/j/cancel", "<html>"), { code: "network.answer" });
  }
});

Deno.test("requireExpected() ignores the bodies of empty responses, redirects and errors", () => {
  for (const status of [204, 300, 404]) doesNotThrow(() => check("GET", "jobs/j", "<html>", status));
});
