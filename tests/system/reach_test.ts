import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { checkHost, type DoctorCheck } from "../../src/app/check/host.ts";
import { createFetch } from "../../src/system/fetch.ts";
import { systemProbe } from "../../src/system/probe.ts";
import { fakeContext } from "../fakes/context.ts";

Deno.test("checkHost() accepts a redirect", {
  sanitizeOps: false,
  sanitizeResources: false,
}, async () => {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response(null, { status: 302, headers: { location: "http://www.office.invalid/login" } }),
  );
  const ctx = { ...fakeContext(), fetch: createFetch({}), probe: systemProbe };
  const url = `http://127.0.0.1:${server.addr.port}`;
  const checks: DoctorCheck[] = [];
  for await (const check of checkHost(ctx, { id: "entra", title: "Entra ID", url })) checks.push(check);
  assertEquals(checks.map(({ id, status }) => `${id} ${status}`), [
    "entra.name ok",
    "entra.tcp ok",
    "entra.tls ok",
  ]);
  assertEquals(checks.at(-1)?.summary, "reachable (302)");
  await server.shutdown();
});
