import { deepStrictEqual as assertEquals, rejects } from "node:assert/strict";
import { type ArmCall, findOne, listAll } from "../../../src/azureml/client/arm.ts";
import type { Workspace, WorkspaceRequest } from "../../../src/azureml/client/workspace.ts";

import { createHttpHeaders, RestError } from "../../../src/core/net/azure_http.ts";
import { UserError } from "../../../src/core/errors.ts";

const ID = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws";

/** Creates a workspace that answers each request with the next item: JSON, or a status. */
function workspaceAnswering(...answers: readonly unknown[]) {
  const sent: string[] = [];
  const workspace = {
    id: ID,
    config: { subscription_id: "s", resource_group: "rg", name: "ws" },
    cloud: { resourceManager: "https://management.azure.com", storageSuffix: "core.windows.net" },
    clock: { now: () => new Date(0) },
    isMissing: ({ status }: { status: number }) => status === 404,
    refused: (action: string, { status }: { status: number }) => new Error(`${action}: ${status}`),
    exchange: async ({ method, path, query }: WorkspaceRequest) => {
      sent.push(`${method} ${path}${query ? ` ${new URLSearchParams(query)}` : ""}`.trim());
      const answer = answers[sent.length - 1];
      const status = typeof answer === "number" && answer > 99 ? answer : 200;
      const bodyAsText = typeof answer === "string" ? answer : JSON.stringify(status === 200 ? answer : {});
      return { status, headers: createHttpHeaders(), bodyAsText };
    },
  } as unknown as Workspace;
  return { workspace, sent };
}

const JOBS = { noun: "job", list: ({ client, at }: ArmCall) => client.jobs.list(...at) };
const next = (query: string) => ({ nextLink: `https://management.azure.com${ID}/jobs?${query}` });

Deno.test("listAll() stops when a page links to itself", async () => {
  const { workspace, sent } = workspaceAnswering(
    { value: [{ name: "a" }], ...next("api-version=2099-01-01&%24skip=1") },
    { value: [{ name: "b" }], ...next("%24skip=2") },
    { value: [{ name: "c" }], ...next("%24skip=2") },
  );
  const found = await Array.fromAsync(listAll(workspace, JOBS, []));
  assertEquals(found.map(({ name }) => name), ["a", "b", "c"]);
  assertEquals(sent, ["GET jobs", "GET jobs %24skip=1", "GET jobs %24skip=2"]);
});

Deno.test("listAll() sends no request to another host", async () => {
  for (
    const [path, asked] of [["/subscriptions/x", []], [`${ID}/jobs?$skip=1`, ["GET jobs %24skip=1"]]] as const
  ) {
    const other = { nextLink: `https://elsewhere.example${path}` };
    const { workspace, sent } = workspaceAnswering({ value: [{ name: "a" }], ...other }, { value: [] });
    assertEquals((await Array.fromAsync(listAll(workspace, JOBS, []))).length, 1);
    assertEquals(sent, ["GET jobs", ...asked]);
  }
});

Deno.test("findOne() returns undefined only for status 404", async () => {
  const compute = {
    noun: "it",
    get: ({ client, at }: ArmCall) => client.computeOperations.get(...at, "c"),
  };
  const read = (workspace: Workspace, kind = compute) => findOne(workspace, kind, [], "read it");
  assertEquals(await read(workspaceAnswering(404).workspace), undefined);
  await rejects(read(workspaceAnswering(403).workspace), /^Error: read it: 403$/);
  await rejects(read(workspaceAnswering("<html>").workspace), {
    code: "network.answer",
  });
  const busy = workspaceAnswering(503, {});
  await rejects(read(busy.workspace), /^Error: read it: 503$/);
  assertEquals(busy.sent.length, 1, "the workspace has retried it before");
  const broken = () => Promise.reject(new RestError("read ECONNRESET", { code: "ECONNRESET" }));
  await rejects(read(workspaceAnswering().workspace, { noun: "it", get: broken }), { code: "network.cut" });
  const failing = {
    ...workspaceAnswering().workspace,
    exchange: () => Promise.reject(new UserError("No network", { code: "network.name", exit: 6 })),
  };
  await rejects(read(failing), { code: "network.name" });
});
