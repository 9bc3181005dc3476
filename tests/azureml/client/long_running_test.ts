import { deepStrictEqual, equal, rejects } from "node:assert/strict";
import { runOperation } from "../../../src/azureml/client/arm.ts";
import type { Workspace } from "../../../src/azureml/client/workspace.ts";
import { createHttpHeaders, type PipelineResponse } from "../../../src/core/net/azure_http.ts";

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  /** Raw text in place of `body`. */
  readonly text?: string;
}

const HERE = "https://management.azure.com/done/1";
const WAIT = { status: 202, headers: { location: HERE, "retry-after": "7" } };

Deno.test("runOperation() waits until the operation ends", async () => {
  const { workspace, asked, sleeps } = createWorkspace([WAIT, WAIT, { status: 204 }]);
  equal(await runOperation(workspace, DELETE), true);
  deepStrictEqual([asked, sleeps], [[HERE, HERE], [7000, 7000]]);
});

Deno.test("runOperation() reports a failed operation", async () => {
  const body = { status: "Failed", error: { code: "X", message: "No." } };
  const { workspace, refused } = createWorkspace([WAIT, { status: 200, body }]);
  await rejects(runOperation(workspace, DELETE), /^Error: delete it: refused$/);
  deepStrictEqual(refused.map(({ status, bodyAsText }) => [status, bodyAsText]), [[
    400,
    JSON.stringify(body),
  ]]);
});

Deno.test("runOperation() gives up after ten minutes", async () => {
  for (const [seconds, polls] of [["100", 6], ["599.5", 2]] as const) {
    const wait = { status: 202, headers: { location: HERE, "retry-after": seconds } };
    const { workspace, asked } = createWorkspace(Array(500).fill(wait));
    await rejects(runOperation(workspace, DELETE), {
      code: "azure.unfinished",
      exit: 6,
      message: "Cannot delete it: Azure did not finish within 10 minutes",
      hint: "Run the command again later; nothing is done twice",
    });
    equal(asked.length, polls);
  }
});

Deno.test("runOperation() rejects a response that is not JSON", async () => {
  for (
    const answers of [[{ status: 200, text: "<html>" }], [WAIT, { status: 200, text: '{"status":"Suc' }]]
  ) {
    await rejects(runOperation(createWorkspace(answers).workspace, DELETE), { code: "network.answer" });
  }
  equal(await runOperation(createWorkspace([WAIT, { status: 200, text: "" }]).workspace, DELETE), true);
});

Deno.test("runOperation() does not follow a location on another host", async () => {
  for (const location of ["https://elsewhere.example/1", "no URL"]) {
    const { workspace, asked } = createWorkspace([{ status: 202, headers: { location } }]);
    await rejects(runOperation(workspace, DELETE), /unexpected response/);
    deepStrictEqual(asked, []);
  }
});

for (const [asked, waitMs] of [["soon", 1000], ["9999", 600_000]] as const) {
  Deno.test(`runOperation() waits ${waitMs / 1000} s if Retry-After is ${asked}`, async () => {
    const wait = { status: 202, headers: { location: HERE, "retry-after": asked } };
    const { workspace, sleeps } = createWorkspace([wait, { status: 204 }]);
    equal(await runOperation(workspace, DELETE), true);
    deepStrictEqual(sleeps, [waitMs]);
  });
}

Deno.test("runOperation() prefers Azure-AsyncOperation to Location", async () => {
  const there = "https://management.azure.com/status/1";
  const headers = { location: HERE, "azure-asyncoperation": there };
  const running = { status: 200, body: { status: "Running" } };
  const answers = [
    { status: 201, headers, body: running.body },
    ...Array.from({ length: 5 }, () => running),
    { status: 200, body: { status: "Succeeded" } },
  ];
  const { workspace, asked, sleeps } = createWorkspace(answers);
  equal(await runOperation(workspace, DELETE), true);
  deepStrictEqual(asked, Array.from({ length: 6 }, () => there));
  deepStrictEqual(sleeps, [1000, 1500, 2250, 3375, 5000, 5000]);
});

for (
  const [what, ended] of [
    ["the operation", { status: "Canceled" }],
    ["the resource", { properties: { provisioningState: "Canceled" } }],
  ] as const
) {
  Deno.test(`runOperation() fails if ${what} was canceled`, async () => {
    const { workspace } = createWorkspace([WAIT, { status: 200, body: ended }]);
    await rejects(runOperation(workspace, DELETE), {
      code: "azure.rejected",
      exit: 5,
      message: 'Cannot delete it: the operation ended as "canceled"',
    });
  });
}

Deno.test("runOperation() returns false when there is nothing to delete", async () => {
  equal(await runOperation(createWorkspace([{ status: 404 }]).workspace, DELETE), false);
  const put = { ...DELETE, method: "PUT" } as const;
  await rejects(
    runOperation(createWorkspace([{ status: 404 }]).workspace, put),
    /^Error: delete it: refused$/,
  );
});

const DELETE = { action: "delete it", method: "DELETE", path: "schedules/x" } as const;

function createWorkspace(answers: readonly Answer[]) {
  const left = [...answers];
  const [asked, sleeps, refused]: [string[], number[], PipelineResponse[]] = [[], [], []];
  const next = () => {
    const { status, headers = {}, body, text = JSON.stringify(body ?? null) } = left.shift()!;
    return { status, headers: createHttpHeaders(headers), bodyAsText: text, request: { url: HERE } };
  };
  const workspace = {
    cloud: { resourceManager: "https://management.azure.com", resourceManagerScope: "scope" },
    clock: { now: () => new Date(0), sleep: (ms: number) => Promise.resolve(void sleeps.push(ms)) },
    refused(action: string, response: PipelineResponse) {
      refused.push(response);
      return new Error(`${action}: refused`);
    },
    exchange: () => Promise.resolve(next()),
    ask({ url }: { url: string }) {
      asked.push(url);
      return Promise.resolve(next());
    },
  } as unknown as Workspace;
  return { workspace, asked, sleeps, refused };
}
