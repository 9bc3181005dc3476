import { deepEqual, equal, rejects } from "node:assert/strict";
import type { UserError } from "../../../src/core/errors.ts";
import { apiVersionFor, PERMISSIONS_PATH } from "../../../src/core/net/api_versions.ts";
import { openWorkspace } from "../../../src/azureml/client/open_workspace.ts";
import { CLOUDS } from "../../../src/core/net/clouds.ts";
import { fakeContext } from "../../fakes/context.ts";
import { WORKSPACE } from "../../fakes/seed.ts";
import { workspaceOf } from "../runs/odd_answers.ts";

/** A request of which every part matters. */
const REQUEST = {
  action: "submit job",
  method: "PUT",
  path: "jobs/fox",
  query: { tag: "a b&c=d+ü" },
  body: { properties: { a: 1 } },
  secondScope: "https://ml.azure.com/.default",
} as const;

Deno.test("send() adds tokens to a JSON request", async () => {
  const sent: Request[] = [];
  const workspace = workspaceOf((request) => {
    sent.push(request);
    return Response.json({ name: "fox" });
  });
  deepEqual(await workspace.send(REQUEST), { name: "fox" });
  const [request] = sent;
  equal(
    request!.url,
    `https://management.azure.com${workspace.id}/jobs/fox?api-version=2024-01-01-preview&tag=a%20b%26c%3Dd%2B%C3%BC`,
  );
  const headers = ["accept", "content-type", "authorization", "x-azureml-token"];
  deepEqual(headers.map((name) => request!.headers.get(name)), [
    "application/json",
    "application/json",
    "Bearer https://management.azure.com/.default",
    "https://ml.azure.com/.default",
  ]);
  deepEqual(await request!.json(), REQUEST.body);
});

for (const status of [300, 302, 307, 399]) {
  Deno.test(`send() does not follow a redirect with status ${status}`, async () => {
    const asked: string[] = [];
    const workspace = workspaceOf(({ url }) => {
      asked.push(new URL(url).host);
      return new Response(null, { status, headers: { location: "https://proxy.example/login?secret" } });
    });
    await rejects(workspace.send(REQUEST), ({ code, data }: UserError) => {
      equal(code, "network.answer");
      equal(
        data.reason,
        `It answered with status ${status}, a redirect to https://proxy.example, which Azure does not send`,
      );
      return true;
    });
    deepEqual(asked, ["management.azure.com"]);
  });
}

for (
  const [path, kind, version] of [
    ["jobs", "JOBS", "2024-01-01-preview"],
    ["codes/a/versions/1", "CODES", "2023-04-01"],
    ["schedules/nightly", "SCHEDULES", "2023-06-01-preview"],
    ["schedules/nightly/trigger", "TRIGGERS", "2024-01-01-preview"],
    [PERMISSIONS_PATH, "PERMISSIONS", "2022-04-01"],
  ] as const
) {
  Deno.test(`KEDRO_AZUREML_API_VERSION_${kind} replaces version ${version}`, () => {
    const variable = `KEDRO_AZUREML_API_VERSION_${kind}`;
    equal(apiVersionFor(path, {}), version);
    equal(apiVersionFor(path, { [variable]: "" }), version);
    equal(apiVersionFor(path, { [variable]: "2099-01-01" }), "2099-01-01");
  });
}

for (
  const [code, isThere] of [
    ["SubscriptionNotFound", false],
    ["ResourceGroupNotFound", false],
    ["InvalidResourceType", false],
    ["UserError", true],
  ] as const
) {
  Deno.test(`find() ${isThere ? "returns undefined" : "throws"} after a 404 with ${code}`, async () => {
    const workspace = workspaceOf(() => Response.json({ error: { code, message: "No" } }, { status: 404 }));
    const found = workspace.find({ action: "read job", method: "GET", path: "jobs/fox" });
    if (isThere) equal(await found, undefined);
    else await rejects(found, { code: "azure.not_found" });
  });
}

Deno.test("send() falls back to API version 2024-04-01", async () => {
  const asked: string[] = [];
  const lacking = (supported: string) =>
    workspaceOf((request: Request) => {
      const version = new URL(request.url).searchParams.get("api-version")!;
      asked.push(version);
      if (supported.includes(version)) return Response.json({ name: "fox" });
      const message =
        `The resource type 'jobs' could not be found in the namespace 'Microsoft.MachineLearningServices' for api version '${version}'. The supported api-versions are '${supported}'.`;
      return Response.json({ error: { code: "InvalidResourceType", message } }, { status: 404 });
    });
  const job = { action: "read it", method: "GET", path: "jobs/fox" } as const;
  const newer = lacking("2023-10-01,2024-04-01");
  await Promise.all([newer.send(job), newer.send(job)]);
  await newer.send(job);
  const [preview, stable] = ["2024-01-01-preview", "2024-04-01"];
  deepEqual(asked, [preview, preview, stable, stable, stable]);
  await rejects(lacking("2023-10-01").send(job), {
    code: "azure.api_version",
    hint: "Set KEDRO_AZUREML_API_VERSION_JOBS=2023-10-01",
  });
});

Deno.test("ask() rejects a token of another service", async () => {
  const asked: string[] = [];
  const workspace = workspaceOf(({ url }) => {
    asked.push(url);
    return new Response("x");
  });
  const { storageScope, resourceManagerScope } = workspace.cloud;
  const [blob, history] = ["https://a.blob.core.windows.net/c/b", "https://eastus.api.azureml.ms/history"];
  const ask = (url: string, scope: string | undefined) =>
    workspace.ask({ action: "read it", method: "GET", url, ...(scope !== undefined && { scope }) });
  for (const [url, scope] of [[blob, resourceManagerScope], [history, storageScope]] as const) {
    await rejects(ask(url, scope), { code: "network.foreign_host" });
  }
  deepEqual(asked, []);
  for (const [url, scope] of [[blob, storageScope], [history, resourceManagerScope]] as const) {
    await ask(url, scope);
    await ask(url, undefined);
  }
  deepEqual(asked, [blob, blob, history, history]);
});

Deno.test("Requests with a path in a name are not sent", async () => {
  const sent: string[] = [];
  const workspace = workspaceOf(({ url }) => {
    sent.push(url);
    return Response.json({});
  });
  const action = 'cancel job ".."';
  const refused = { code: "azure.not_found", message: `Cannot ${action}: nothing in Azure has that name` };
  for (const name of ["..", ".", "%2e%2e", "a#", "a?", "..\\..", ".\t."]) {
    const path = `jobs/${name}/cancel`;
    await rejects(workspace.exchange({ action, method: "POST", path }), refused, name);
  }
  await rejects(workspace.exchange({ action, method: "GET", path: "jobs/." }), refused);
  const url = "https://a.blob.core.windows.net/c/../b?sig=a/b";
  await rejects(workspace.ask({ action, method: "GET", url }), refused);
  await rejects(workspace.read({ action, url }), refused);
  deepEqual(sent, []);
});

Deno.test("exchange() with sentOnce does not retry status 503", async () => {
  for (const [sentOnce, times] of [[true, 1], [false, 2]] as const) {
    let asked = 0;
    const workspace = workspaceOf(() =>
      ++asked === 1 ? new Response(null, { status: 503 }) : Response.json({})
    );
    const path = "schedules/nightly/trigger";
    const { status } = await workspace.exchange({ action: "trigger", method: "POST", path, sentOnce });
    deepEqual([status, asked], [times === 1 ? 503 : 200, times]);
  }
});

Deno.test("read() tries a broken download three times", async () => {
  const url = "https://account.blob.core.windows.net/container/log.txt";
  for (const breaks of [2, 3]) {
    let asked = 0;
    const workspace = workspaceOf(() => {
      const isCut = ++asked <= breaks;
      const start = (controller: ReadableStreamDefaultController) => {
        controller.enqueue(new TextEncoder().encode("text"));
        if (isCut) controller.error(new Error("cut"));
        else controller.close();
      };
      return new Response(new ReadableStream({ start }));
    });
    const reading = workspace.read({ action: "read a log", url });
    if (breaks === 3) await rejects(reading, { code: /^network\./, message: /^Cannot read a log: / });
    else equal(new TextDecoder().decode((await reading).bytes), "text");
    equal(asked, 3);
  }
});

Deno.test("ask() requests another token after a claims challenge", async () => {
  const given: unknown[] = [];
  const claims = '{"access_token":{}}';
  const workspace = openWorkspace({
    ...fakeContext({
      fetch: async (request) =>
        request.headers.get("authorization") === "Bearer t2" ? Response.json({}) : new Response("{}", {
          status: 401,
          headers: { "www-authenticate": `Bearer error="insufficient_claims", claims="${btoa(claims)}"` },
        }),
    }),
    ...{ cloud: CLOUDS.AzureCloud!, config: WORKSPACE },
    tokens: { getToken: async (scope, challenge) => ({ token: `t${given.push([scope, challenge])}` }) },
  });
  const { resourceManagerScope: scope } = workspace.cloud;
  await workspace.ask({ action: "read it", method: "GET", url: "https://management.azure.com/x", scope });
  deepEqual(given, [[scope, undefined], [scope, { claims, refused: "t1" }]]);
});

Deno.test("ask() renews an expired token once", async () => {
  for (const [fresh, status] of [["t2", 200], ["t1", 401]] as const) {
    const given = ["t1", fresh];
    const workspace = openWorkspace({
      ...fakeContext({
        fetch: async (request) =>
          request.headers.get("authorization") === "Bearer t2"
            ? Response.json({})
            : Response.json({ error: { code: "ExpiredAuthenticationToken" } }, { status: 401 }),
      }),
      ...{ cloud: CLOUDS.AzureCloud!, config: WORKSPACE },
      tokens: { getToken: async () => ({ token: given.shift()! }) },
    });
    const { resourceManagerScope: scope } = workspace.cloud;
    const url = "https://management.azure.com/x";
    equal((await workspace.ask({ action: "read it", method: "GET", url, scope })).status, status);
    equal(given.length, 0);
  }
});

Deno.test("send() names a wrong clock as the cause of a refused token", async () => {
  const headers = { date: "Fri, 02 Jan 2026 05:34:05 GMT" };
  const workspace = workspaceOf(() => new Response("{}", { status: 401, headers }));
  await rejects(workspace.send({ action: "read job", method: "GET", path: "jobs/fox" }), {
    code: "azure.clock",
    message: /this machine's clock is 3 hours slow/,
  });
});

Deno.test("patient() sends requests after Ctrl+C", async () => {
  const sent: (string | null)[] = [];
  const workspace = openWorkspace({
    ...fakeContext({
      signal: AbortSignal.abort(new Error("interrupted")),
      fetch: async (request) => {
        request.signal.throwIfAborted();
        sent.push(request.headers.get("authorization"));
        return Response.json({ name: "fox" });
      },
    }),
    ...{ cloud: CLOUDS.AzureCloud!, config: WORKSPACE },
    tokens: { getToken: async () => ({ token: "own" }) },
    patience: {
      signal: new AbortController().signal,
      tokens: { getToken: async () => ({ token: "patient" }) },
    },
  });
  const request = { action: "read job", method: "GET", path: "jobs/fox" } as const;
  await rejects(workspace.send(request), { message: "The request was stopped" });
  await workspace.patient().send(request);
  deepEqual(sent, ["Bearer patient"]);
});
