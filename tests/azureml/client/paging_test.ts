import assert from "node:assert/strict";
import {
  listResources,
  type Workspace,
  type WorkspaceRequest,
} from "../../../src/azureml/client/workspace.ts";

Deno.test("listResources() sends no request to the host of a nextLink", async () => {
  const sent: WorkspaceRequest[] = [];
  const pages = [
    { value: [{ name: "a" }], nextLink: "https://elsewhere.example/x?api-version=1&%24skip=1" },
    { value: [{ name: "b" }, null, 5], nextLink: "/relative?%24skip=2" },
    { value: null },
  ];
  const workspace = {
    send: async (request: WorkspaceRequest) => {
      sent.push(request);
      return pages[sent.length - 1];
    },
  } as unknown as Workspace;
  const found = listResources<{ readonly name: string }>(workspace, {
    action: "list",
    path: "jobs",
    query: { tag: "a" },
  });
  assert.deepEqual(await Array.fromAsync(found), [{ name: "a" }, { name: "b" }]);
  assert.deepEqual(sent.map(({ path, query }) => [path, query]), [
    ["jobs", { tag: "a" }],
    ["jobs", { "api-version": "1", "$skip": "1" }],
    ["jobs", { "$skip": "2" }],
  ]);
});

Deno.test("listResources() ends if Azure names another page without end", async () => {
  let sent = 0;
  const send = async () => ({ value: [{ name: `${sent}` }], nextLink: `?%24skip=${++sent}` });
  const found = listResources(({ send }) as unknown as Workspace, { action: "list", path: "schedules" });
  assert.equal((await Array.fromAsync(found)).length, 1000);
});
