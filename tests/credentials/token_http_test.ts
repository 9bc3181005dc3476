import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { createPipelineRequest } from "../../src/core/net/azure_http.ts";
import { ExitCode, UserError } from "../../src/core/errors.ts";
import { createSignInClient } from "../../src/credentials/entra_http.ts";
import { fakeContext } from "../fakes/context.ts";

const SUBJECT = { credential: "environment", tenant: "contoso.example", clientId: "app" };
const URL_ = "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token";

/** A sign-in that gets these responses, one for each request. */
function signIn(...responses: readonly (() => Response)[]) {
  const waiting = [...responses];
  const requests: Request[] = [];
  const ctx = fakeContext({
    fetch: async (request) => {
      requests.push(request);
      return (waiting.shift() ?? responses.at(-1)!)();
    },
  });
  const wire = createSignInClient(ctx, { secrets: ["s3cret value"] });
  const send = (method: "GET" | "POST" = "POST") =>
    wire.client.sendRequest(createPipelineRequest({ url: URL_, method }));
  /** Sends a request, after which the library fails with its own error. */
  const run = (thrown: unknown = new Error("library")) =>
    wire.run(SUBJECT, async () => {
      await send();
      throw thrown;
    });
  return { ctx, wire, send, run, requests };
}

const problem = (status: number, body: object) => () => Response.json(body, { status });

Deno.test("createSignInClient() explains Entra ID's error", async () => {
  const description = "AADSTS7000215: Invalid client secret 's3cret value'. Trace ID: t";
  const { run } = signIn(problem(401, { error: "invalid_client", error_description: description }));
  await rejects(run(), (error: UserError) => {
    deepEqual([error.code, error.exit], ["auth.aadsts7000215", ExitCode.Auth]);
    match(error.message, /^Cannot sign in with environment: wrong client secret for application "app"/);
    ok(!Deno.inspect(error).includes("s3cret"));
    return true;
  });
});

for (const [status, attempts] of [[429, 4], [500, 4], [503, 4]] as const) {
  Deno.test(`createSignInClient() reports a busy Entra ID after status ${status}`, async () => {
    const { run, requests } = signIn(() => new Response("<html>", { status }));
    await rejects(run(), {
      code: "auth.busy",
      exit: ExitCode.Unavailable,
      message:
        `Cannot sign in with environment: Entra ID answered with status ${status} after ${attempts} attempts`,
      data: { status },
    });
    equal(requests.length, attempts);
  });
}

for (
  const [what, status, answer] of [
    ["a redirect with JSON", 302, () => Response.json({}, { status: 302 })],
    [
      "a redirect",
      302,
      () => new Response(null, { status: 302, headers: { location: "https://x.example" } }),
    ],
    ["an HTML page", 200, () => new Response("<html>Sign in</html>")],
    ["a JSON string", 200, () => new Response('"text"')],
    ["an HTML page with status 404", 404, () => new Response("<html>", { status: 404 })],
  ] as const
) {
  Deno.test(`createSignInClient() reports ${what} as a network error`, async () => {
    await rejects(signIn(answer).run(), {
      code: "network.answer",
      message: "Cannot sign in with environment: login.microsoftonline.com returned an unexpected response",
      data: { host: "login.microsoftonline.com", reason: `It answered with status ${status}` },
    });
  });
}

Deno.test("createSignInClient() lets its caller replace an error", async () => {
  const { wire, send } = signIn(problem(400, { error: "expired_token", error_description: "AADSTS1: x" }));
  const mine = new UserError("too late", { code: "auth.too_late" });
  const failing = async () => {
    await send();
    throw new Error("library");
  };
  await rejects(
    wire.run(SUBJECT, failing, (_, problem) => problem?.error === "expired_token" ? mine : undefined),
    (error) => error === mine,
  );
  await rejects(wire.run(SUBJECT, failing, () => undefined), { code: "auth.aadsts1" });
});

Deno.test("createSignInClient() does not blame an earlier error", async () => {
  const { wire, send } = signIn(
    problem(400, { error: "x", error_description: "AADSTS90002: no tenant" }),
    () => Response.json({}),
  );
  await rejects(
    wire.run(SUBJECT, async () => {
      await send();
      throw new Error("first");
    }),
    { code: "auth.aadsts90002" },
  );
  await rejects(wire.run(SUBJECT, () => Promise.reject(new Error("second"))), { code: "auth.refused" });
});

Deno.test("createSignInClient() runs one sign-in at a time", async () => {
  const { wire } = signIn(() => Response.json({}));
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = wire.run(SUBJECT, async () => {
    order.push("first");
    await gate.promise;
    order.push("fails");
    throw new UserError("no", { code: "auth.no" });
  });
  const second = wire.run(SUBJECT, async () => void order.push("second"));
  gate.resolve();
  await rejects(first, { code: "auth.no" });
  await second;
  deepEqual(order, ["first", "fails", "second"]);
});

Deno.test("createSignInClient() computes the expiry from expires_in", async () => {
  const otherwise = new Date(7);
  const expiry = async (body: object) => {
    const { ctx, wire, send } = signIn(() => Response.json(body));
    await wire.run(SUBJECT, send);
    return wire.expiry(otherwise).getTime() - ctx.clock.now().getTime();
  };
  equal(await expiry({ expires_in: 3600 }), 3_600_000);
  equal(await expiry({ expires_in: "60" }), 60_000);
  for (const expires_in of [0, -1, "soon", undefined, null]) {
    ok(await expiry({ expires_in }) < -1e9, String(expires_in));
  }
});

Deno.test("createSignInClient() stops at Ctrl+C", async () => {
  const stop = new AbortController();
  const ctx = fakeContext({
    signal: stop.signal,
    fetch: ({ signal }) =>
      new Promise((_, reject) => {
        if (signal.aborted) reject(signal.reason);
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
  });
  const { client, run } = createSignInClient(ctx, { secrets: [] });
  const own = new AbortController();
  const asked = client.sendRequest(createPipelineRequest({ url: URL_, abortSignal: own.signal }));
  own.abort();
  await rejects(asked, { name: "AbortError" });
  const running = run(SUBJECT, () => client.sendRequest(createPipelineRequest({ url: URL_ })));
  const reason = new Error("Ctrl+C");
  // The request is on its way.
  await new Promise((resolve) => setTimeout(resolve));
  stop.abort(reason);
  await rejects(running, (error) => error === reason);
});
