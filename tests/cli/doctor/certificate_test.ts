import { equal, match } from "node:assert/strict";
import { makeWorld } from "../world.ts";

const DAY_MS = 24 * 3_600_000;

for (const [days, isSoon] of [[13.9, true], [14.1, false]] as const) {
  Deno.test(`doctor ${isSoon ? "warns" : "does not warn"} of a certificate ${days} days before its end`, async () => {
    const validTo = new Date(Date.parse("2026-01-02T03:04:05Z") + days * DAY_MS);
    const { ctx, kedroAzureml } = makeWorld({
      probe: { certificates: async (host) => [{ subject: host, issuer: "Example CA", validTo }] },
    });
    equal(await kedroAzureml("doctor"), 0, ctx.stderr());
    match(ctx.stdout(), /✓ No problems found/);
    equal(ctx.stdout().includes("expires soon"), isSoon, ctx.stdout());
  });
}
