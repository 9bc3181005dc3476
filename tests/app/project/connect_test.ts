import { deepEqual, equal, rejects } from "node:assert/strict";
import type { AppEvent } from "../../../src/app/context.ts";
import { connect, requireSignIn, startConnecting } from "../../../src/app/project/connect.ts";
import { GOLDEN_WORKSPACE, SERVICE_PRINCIPAL } from "../../fakes/seed.ts";
import { makeWorld, type World, type WorldOptions } from "../../cli/world.ts";

const turns = async (count = 20) => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setTimeout(resolve));
};

const READ = { action: "read the workspace", method: "GET", path: "" } as const;

/** A command's context, what it reports, the requests for tokens, and what interrupts it. */
function made(options: WorldOptions = {}) {
  const stop = new AbortController();
  const fetch = (request: Request) => {
    request.signal.throwIfAborted();
    return world.azure.fetch(request);
  };
  const world: World = makeWorld({ fetch, ...options, signal: stop.signal });
  const events: AppEvent[] = [];
  const report = (event: AppEvent) => void events.push(event);
  const ctx = { ...world.ctx, report };
  const signIns = () => world.azure.requests.filter(({ url }) => url.includes("/oauth2/v2.0/token")).length;
  return { ...world, ctx, events, stop, signIns };
}

Deno.test("requests that cancel jobs go on for 7 seconds after Ctrl+C", async () => {
  const { ctx, stop, signIns } = made();
  const later = Promise.withResolvers<void>();
  const slept: number[] = [];
  const sleep = (ms: number) => {
    slept.push(ms);
    return later.promise;
  };
  const workspace = (await connect({ ...ctx, clock: { ...ctx.clock, sleep } })).open(GOLDEN_WORKSPACE);
  stop.abort(new Error("interrupted"));
  await rejects(workspace.send(READ), { message: "interrupted" });
  equal(signIns(), 0);
  equal((await workspace.patient().send<{ readonly name: string }>(READ)).name, "ws-golden");
  deepEqual([signIns(), slept], [1, [7000]]);
  later.resolve();
  await turns();
  await rejects(workspace.patient().send(READ), { message: "The request was stopped" });
});

for (const isInterrupted of [false, true]) {
  Deno.test(`requests that cancel jobs meet a claims challenge${isInterrupted ? " after Ctrl+C" : ""}`, async () => {
    const claims = JSON.stringify({ access_token: { nbf: { essential: true, value: "1" } } });
    const challenge =
      `Bearer authorization_uri="https://login.microsoftonline.com/", error="insufficient_claims", claims="${
        btoa(claims)
      }"`;
    let asked = 0;
    const { ctx, azure, stop }: ReturnType<typeof made> = made({
      async fetch(request) {
        const isChallenged = /\/workspaces\/ws-golden\?/.test(request.url) && asked++ === 0;
        return isChallenged
          ? new Response("", { status: 401, headers: { "www-authenticate": challenge } })
          : await azure.fetch(request);
      },
    });
    const clock = { ...ctx.clock, sleep: () => new Promise<void>(() => {}) };
    const workspace = (await connect({ ...ctx, clock })).open(GOLDEN_WORKSPACE).patient();
    if (isInterrupted) stop.abort(new Error("interrupted"));
    equal((await workspace.send<{ readonly name: string }>(READ)).name, "ws-golden");
    const tokens = azure.requests.filter(({ url }) => url.includes("/oauth2/v2.0/token"));
    const sent = tokens.flatMap(({ body }) => (body as { readonly claims?: string }).claims ?? []);
    deepEqual(sent.map((text) => JSON.parse(text).access_token.nbf), [{ essential: true, value: "1" }]);
    if (!isInterrupted) equal(workspace.tenant(), SERVICE_PRINCIPAL.tenant);
  });
}

Deno.test("an early sign-in stops if the command fails first", async () => {
  const started = made();
  using connecting = startConnecting(started.ctx);
  await turns();
  equal(started.signIns(), 1);
  await requireSignIn(started.ctx, await connecting.connection);
  equal(started.signIns(), 1);

  const asked: Request[] = [];
  const fetch = (request: Request) => {
    asked.push(request);
    return new Promise<Response>((_, reject) => {
      request.signal.addEventListener("abort", () => reject(request.signal.reason));
    });
  };
  {
    using _ = startConnecting(made({ fetch }).ctx);
    await turns();
    deepEqual(asked.map(({ signal }) => signal.aborted), [false]);
  }
  await turns();
  deepEqual(asked.map(({ signal }) => signal.aborted), [true]);
});
