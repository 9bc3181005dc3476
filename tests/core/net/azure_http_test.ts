import { deepStrictEqual as assertEquals, ok, rejects, strictEqual } from "node:assert/strict";
import { Readable } from "node:stream";
import {
  createAzureClient,
  createAzurePipeline,
  createHttpClient,
  createPipelineRequest,
  type PipelineRequest,
  type RestError,
} from "../../../src/core/net/azure_http.ts";
import { joinedBytes } from "../../../src/core/bytes.ts";
import { fakeContext } from "../../fakes/context.ts";

const URL_ = "https://management.azure.com/x?api-version=1&sig=SECRET";

/** Answers requests in turn; a number is a status, an error is a broken connection. */
function answers(...list: (Response | Error | number)[]) {
  const bodies: string[] = [];
  return {
    bodies,
    fetch: async (request: Request) => {
      bodies.push(await request.text());
      const next = list[bodies.length - 1]!;
      if (next instanceof Error) throw next;
      return typeof next === "number" ? new Response(`status ${next}`, { status: next }) : next;
    },
  };
}

function broken(): TypeError {
  return new TypeError(`error sending request for url (${URL_}): connection closed before message completed`);
}

async function sentRequest(parts: Partial<PipelineRequest>) {
  let got: { body: Uint8Array; headers: Headers; method: string; redirect: string } | undefined;
  const client = createHttpClient(async (request) => {
    got = {
      body: new Uint8Array(await request.arrayBuffer()),
      headers: request.headers,
      method: request.method,
      redirect: request.redirect,
    };
    return new Response("fine");
  });
  const request = { ...createPipelineRequest({ url: URL_, method: "PUT" }), ...parts };
  strictEqual((await client.sendRequest(request)).bodyAsText, "fine");
  return got!;
}

const BODIES: Record<string, () => PipelineRequest["body"]> = {
  "a string": () => "héllo",
  "a Uint8Array": () => new TextEncoder().encode("héllo"),
  "a Blob": () => new Blob(["héllo"]),
  "a stream from a function": () => () => Readable.from([new TextEncoder().encode("hé"), "llo"]),
  "a Node stream": () => Readable.from([new TextEncoder().encode("hé"), "llo"]),
};

for (const [kind, make] of Object.entries(BODIES)) {
  Deno.test(`createHttpClient() sends ${kind}`, async () => {
    const { body } = await sentRequest({ body: make()! });
    strictEqual(new TextDecoder().decode(body), "héllo");
  });
}

Deno.test("createHttpClient() sends a large body in chunks", async () => {
  const whole = Uint8Array.from({ length: 150_000 }, (_, at) => at % 251);
  const request = createPipelineRequest({ url: URL_, method: "PUT", body: whole });
  for (let attempt = 0; attempt < 2; attempt++) {
    let pieces: Uint8Array[] = [];
    const client = createHttpClient(async ({ body }) => {
      pieces = await Array.fromAsync(body!);
      return new Response("fine");
    });
    await client.sendRequest(request);
    assertEquals(pieces.map(({ length }) => length), [65_536, 65_536, 18_928]);
    assertEquals(joinedBytes(pieces), whole);
  }
});

Deno.test("createHttpClient() does not follow redirects", async () => {
  strictEqual((await sentRequest({ method: "GET" })).redirect, "manual");
  const headers = { location: "https://elsewhere.example/" };
  const client = createHttpClient(async () => new Response("", { status: 302, headers }));
  const { status, headers: got } = await client.sendRequest(createPipelineRequest({ url: URL_ }));
  assertEquals([status, got.get("location")], [302, headers.location]);
});

Deno.test("createHttpClient() streams only the requested statuses", async () => {
  const { fetch } = answers(new Response("a log"), 404);
  const request = createPipelineRequest({ url: URL_, streamResponseStatusCodes: new Set([200]) });
  const first = await createHttpClient(fetch).sendRequest(request);
  strictEqual(first.bodyAsText, undefined);
  strictEqual(
    new TextDecoder().decode((await Array.fromAsync(first.readableStreamBody!))[0] as Buffer),
    "a log",
  );
  const second = await createHttpClient(fetch).sendRequest(request);
  strictEqual(second.bodyAsText, "status 404");
  const any = createPipelineRequest({ url: URL_, streamResponseStatusCodes: new Set([Infinity]) });
  const other = answers(new Response("a log", { status: 206 }), 404).fetch;
  strictEqual((await createHttpClient(other).sendRequest(any)).bodyAsText, undefined);
  strictEqual((await createHttpClient(other).sendRequest(any)).bodyAsText, "status 404");
});

Deno.test("createHttpClient() hides secrets if the connection breaks", async () => {
  const error = new TypeError("fetch failed", { cause: broken() });
  const client = createHttpClient(answers(error).fetch);
  await rejects(client.sendRequest(createPipelineRequest({ url: URL_ })), (error: RestError) => {
    assertEquals([error.name, error.code], ["RestError", "ECONNRESET"]);
    ok(!Deno.inspect(error).includes("SECRET") && error.message.includes("connection closed"));
    return true;
  });
});

Deno.test("createAzureClient() does not retry an untrusted certificate", async () => {
  const error = new TypeError("error sending request", {
    cause: new Error("invalid peer certificate: UnknownIssuer"),
  });
  const ctx = fakeContext({ fetch: answers(error).fetch });
  await rejects(
    createAzureClient(ctx).sendRequest(createPipelineRequest({ url: URL_ })),
    (thrown: RestError) => thrown.code === "CERTIFICATE",
  );
  assertEquals(ctx.sleeps, []);
});

const ABORTS: Readonly<Record<string, (signal: AbortSignal) => unknown>> = {
  "the reason of the abort": ({ reason }) => reason,
  "a broken connection": broken,
};
for (const [what, reasonOf] of Object.entries(ABORTS)) {
  Deno.test(`createHttpClient() throws an AbortError if fetch throws ${what}`, async () => {
    const stop = new AbortController();
    const client = createHttpClient((request) =>
      new Promise((_, reject) => {
        request.signal.addEventListener("abort", () => reject(reasonOf(request.signal)));
        stop.abort();
      })
    );
    const request = createPipelineRequest({ url: URL_, abortSignal: stop.signal });
    await rejects(client.sendRequest(request), { name: "AbortError" });
  });
}

for (const [what, timeout, limitMs] of [["its timeout", 5000, 5000], ["100 s", 0, 100_000]] as const) {
  Deno.test(`createHttpClient() throws ETIMEDOUT after ${what}`, async () => {
    const client = createHttpClient((request) =>
      new Promise((_, reject) => {
        request.signal.addEventListener("abort", () => reject(request.signal.reason));
      })
    );
    const { timeout: realTimeout } = AbortSignal;
    const limits: number[] = [];
    AbortSignal.timeout = (ms) => (limits.push(ms), realTimeout(1));
    try {
      await rejects(
        client.sendRequest(createPipelineRequest({ url: URL_, timeout })),
        { name: "RestError", code: "ETIMEDOUT", message: `No answer within ${limitMs / 1000} s` },
      );
    } finally {
      AbortSignal.timeout = realTimeout;
    }
    assertEquals(limits, [limitMs]);
  });
}

for (
  const [what, answer, isStopped] of [
    ["a streamed response", 200, true],
    ["a text response", 404, false],
    ["a failed request", new RangeError("a defect"), false],
  ] as const
) {
  Deno.test(`createHttpClient() ${isStopped ? "stops" : "does not stop"} ${what} on a later abort`, async () => {
    const { timeout } = AbortSignal;
    const [limit, stop] = [new AbortController(), new AbortController()];
    AbortSignal.timeout = () => limit.signal;
    try {
      let sent: Request | undefined;
      const client = createHttpClient(async (request) => {
        sent = request;
        if (answer instanceof Error) throw answer;
        return new Response("a log", { status: answer });
      });
      const streamResponseStatusCodes = new Set([200]);
      const request = createPipelineRequest({
        url: URL_,
        abortSignal: stop.signal,
        streamResponseStatusCodes,
      });
      await client.sendRequest(request).catch(() => {});
      limit.abort();
      strictEqual(sent!.signal.aborted, false);
      stop.abort();
      strictEqual(sent!.signal.aborted, isStopped);
    } finally {
      AbortSignal.timeout = timeout;
    }
  });
}

async function send(world: ReturnType<typeof fakeContext>, parts: Partial<PipelineRequest> = {}) {
  const request = { ...createPipelineRequest({ url: URL_, method: "PUT", body: "abc" }), ...parts };
  return await createAzurePipeline(world).sendRequest(createHttpClient(world.fetch), request);
}

Deno.test("createAzurePipeline() waits the seconds in Retry-After", async () => {
  const date = new Date(Date.parse("2026-01-02T03:04:05Z") + 12_000).toUTCString();
  const { fetch, bodies } = answers(
    new Response("", { status: 429, headers: { "retry-after": "7" } }),
    new Response("", { status: 503, headers: { "retry-after": date } }),
    200,
  );
  const ctx = fakeContext({ fetch });
  strictEqual((await send(ctx)).status, 200);
  assertEquals(ctx.sleeps, [7000, 5000]);
  assertEquals(bodies, ["abc", "abc", "abc"]);
});

for (
  const [headers, waitMs] of [
    [{ "x-ms-retry-after-ms": " 300 " }, 300],
    [{ "retry-after-ms": "250", "x-ms-retry-after-ms": "300", "retry-after": "7" }, 250],
    [{ "retry-after-ms": "soon", "retry-after": "7" }, 7000],
    [{ "retry-after": "1.5001" }, 1501],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": "3601" }, undefined],
  ] as readonly (readonly [Record<string, string>, number | undefined])[]
) {
  const shown = Object.entries(headers).map(([name, value]) => `${name}: ${value.trim()}`).join(" and ");
  const outcome = waitMs === undefined ? "does not retry after" : `waits ${waitMs} ms after`;
  Deno.test(`createAzurePipeline() ${outcome} ${shown}`, async () => {
    const ctx = fakeContext({ fetch: answers(new Response("", { status: 429, headers }), 200).fetch });
    strictEqual((await send(ctx)).status, waitMs === undefined ? 429 : 200);
    assertEquals(ctx.sleeps, waitMs === undefined ? [] : [waitMs]);
  });
}

Deno.test("createAzurePipeline() resends a stream from its start", async () => {
  const { fetch, bodies } = answers(broken(), 500, 201);
  await send(fakeContext({ fetch }), { body: Readable.from(["a", "bc"]) });
  assertEquals(bodies, ["abc", "abc", "abc"]);
});

Deno.test("createAzurePipeline() does not retry UserError with status 502", async () => {
  const error = (code: string) => Response.json({ error: { code, message: "No." } }, { status: 502 });
  for (const [code, status] of [["UserError", 502], ["ServiceError", 200]] as const) {
    strictEqual((await send(fakeContext({ fetch: answers(error(code), 200).fetch }))).status, status);
  }
  const failed = Response.json({ error: { code: "UserError", message: "No." } }, { status: 500 });
  strictEqual((await send(fakeContext({ fetch: answers(failed, 200).fetch }))).status, 500);
  const busy = Response.json({ error: { code: "UserError", message: "Slow down." } }, { status: 429 });
  strictEqual((await send(fakeContext({ fetch: answers(busy, 200).fetch }))).status, 200);
});

Deno.test("createAzurePipeline() doubles its wait", async () => {
  const ctx = fakeContext({ fetch: answers(500, 502, broken(), 504, 503).fetch });
  strictEqual((await send(ctx)).status, 503);
  strictEqual(ctx.sleeps.length, 4);
  for (const [i, ms] of ctx.sleeps.entries()) ok(ms > 400 * 2 ** i && ms <= 800 * 2 ** i, `${ms}`);
  const even = fakeContext({ fetch: answers(500, 500, 500, 200).fetch });
  await send({ ...even, random: { ...even.random, number: () => 1 } });
  assertEquals(even.sleeps, [400, 800, 1600]);
});

Deno.test("createAzurePipeline() retries the statuses of extraTransient", async () => {
  const retry = async (...statuses: readonly number[]) => {
    const ctx = fakeContext({ fetch: answers(...statuses).fetch });
    const request = createPipelineRequest({ url: URL_ });
    const pipeline = createAzurePipeline({
      ...ctx,
      extraTransient: { 404: 800, 410: 20_000 },
      maxRetries: 3,
    });
    return [(await pipeline.sendRequest(createHttpClient(ctx.fetch), request)).status, ctx.sleeps];
  };
  assertEquals(await retry(404, 404, 404, 200), [200, [800, 1600, 3200]]);
  assertEquals(await retry(410, 410, 410, 404), [404, [20_000, 30_000, 30_000]]);
  assertEquals(await retry(409), [409, []]);
});

Deno.test("createAzurePipeline() does not retry status 400", async () => {
  for (const status of [200, 202, 400, 401, 403, 404, 409, 412, 501]) {
    const ctx = fakeContext({ fetch: answers(status).fetch });
    strictEqual((await send(ctx)).status, status);
    assertEquals(ctx.sleeps, []);
  }
});

Deno.test("createAzureClient() hides the query of a URL it waits for", async () => {
  const events: unknown[] = [];
  const ctx = fakeContext({ fetch: answers(500, 200).fetch });
  const client = createAzureClient({ ...ctx, onRetry: (event) => events.push(event) });
  await client.sendRequest(createPipelineRequest({ url: URL_ }));
  assertEquals(events, [
    { method: "GET", url: "https://management.azure.com/x", status: 500, waitMs: ctx.sleeps[0], retry: 1 },
  ]);
});

Deno.test("createAzureClient() sends a user agent and request id", async () => {
  const agents: (string | null)[] = [];
  const { fetch } = answers(500, 200);
  const ctx = fakeContext({
    fetch: (request) => {
      agents.push(request.headers.get("user-agent"));
      ok(request.headers.get("x-ms-client-request-id"));
      return fetch(request);
    },
  });
  const client = createAzureClient({ ...ctx, userAgent: "ci/1" });
  await client.sendRequest(createPipelineRequest({ url: URL_ }));
  assertEquals(agents, ["ci/1 kedro-azureml/0.2.0", "ci/1 kedro-azureml/0.2.0"]);
});

Deno.test("createAzureClient() stops waiting on Ctrl+C", async () => {
  const stop = new AbortController();
  const ctx = fakeContext({ fetch: answers(500, 200).fetch });
  const client = createAzureClient({ ...ctx, onRetry: () => stop.abort("SIGINT") });
  const request = createPipelineRequest({ url: URL_, abortSignal: stop.signal });
  await rejects(client.sendRequest(request), (thrown) => thrown === "SIGINT");
});

for (const [maxTimeoutRetries, attempts] of [[0, 1], [1, 2], [undefined, 3]] as const) {
  Deno.test(`createAzurePipeline() tries ${attempts} times if maxTimeoutRetries is ${maxTimeoutRetries ?? "not set"}`, async () => {
    let asked = 0;
    const fetch = (request: Request) => {
      asked++;
      return new Promise<Response>((_, reject) =>
        request.signal.addEventListener("abort", () => reject(request.signal.reason))
      );
    };
    const ctx = fakeContext({ fetch });
    const pipeline = createAzurePipeline({
      ...ctx,
      maxRetries: 2,
      ...(maxTimeoutRetries !== undefined && { maxTimeoutRetries }),
    });
    const request = createPipelineRequest({ url: URL_, timeout: 20 });
    await rejects(pipeline.sendRequest(createHttpClient(fetch), request), { code: "ETIMEDOUT" });
    strictEqual(asked, attempts);
  });
}

Deno.test("createHttpClient() rejects an endless response", async () => {
  const part = new Uint8Array(1024 * 1024);
  let sent = 0;
  const endless = new ReadableStream({
    pull(controller) {
      sent++;
      controller.enqueue(part);
    },
  });
  const client = createHttpClient(() => Promise.resolve(new Response(endless)));
  await rejects(client.sendRequest(createPipelineRequest({ url: URL_ })), /more than 64 MiB/);
  ok(sent < 70, `${sent} MiB`);
});
