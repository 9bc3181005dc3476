import { deepStrictEqual as assertEquals, ok, strictEqual } from "node:assert/strict";
import { withRequestLog } from "../../../src/cli/terminal/command_context.ts";
import { fakeContext } from "../../fakes/context.ts";
import { SIGNED_IN } from "../../fakes/seed.ts";
import { makeWorld, type WorldOptions } from "../world.ts";

/** Runs a command line and returns its output, and secrets that must not be in it. */
async function outputAndSecrets(line: string, options: WorldOptions = {}) {
  const secrets = new Set<string>([SIGNED_IN.AZURE_CLIENT_SECRET]);
  const world = makeWorld({
    ...options,
    async fetch(request) {
      const bearer = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
      const signature = new URL(request.url).searchParams.get("sig");
      for (const secret of [bearer, signature, signature && encodeURIComponent(signature)]) {
        if (secret) secrets.add(secret);
      }
      return await world.azure.fetch(request);
    },
  });
  const exit = await world.kedroAzureml(line);
  return {
    exit,
    text: world.ctx.stdout() + world.ctx.stderr(),
    stderr: world.ctx.stderr(),
    secrets,
    azure: world.azure,
  };
}

for (
  const line of [
    "submit -j main --wait-for-completion --verbose",
    "submit -j main --verbose --json",
    "auth status --verbose",
    "auth status --verbose --json",
    "doctor --verbose",
    "doctor --verbose --json",
  ]
) {
  Deno.test(`\`${line}\` prints no secrets`, async () => {
    const { exit, text, secrets } = await outputAndSecrets(line);
    strictEqual(exit, 0, text);
    ok(secrets.size >= 3, "tokens were sent");
    assertEquals([...secrets].filter((secret) => text.includes(secret)), []);
    ok(!/[?&]sig=|eyJ/.test(text));
  });
}

Deno.test("--verbose prints the reason of a failed request", async () => {
  const { ctx, kedroAzureml } = makeWorld({
    fetch: () => Promise.reject(new TypeError("client error (Connect): http://ada:s3cret@proxy:1 refused")),
  });
  await kedroAzureml("auth status --verbose --json");
  const first = JSON.parse(ctx.stderr().split("\n")[0]!).request;
  strictEqual(first.outcome, "no answer");
  ok(first.reason.includes("refused") && !ctx.stderr().includes("s3cret"), first.reason);
});

Deno.test("--verbose prints no query and no token of a request", async () => {
  for (const name of ["x-ms-request-id", "x-ms-correlation-request-id"]) {
    const ctx = fakeContext({ fetch: async () => new Response("", { headers: { [name]: "id-1" } }) });
    for (const json of [false, true]) {
      await withRequestLog(ctx, json).fetch(new Request(`https://a.example/b/hf_${"x".repeat(34)}?c=d`));
    }
    const url = "https://a.example/b/***";
    const request = { method: "GET", url, outcome: 200, ms: 0, requestId: "id-1" };
    strictEqual(
      ctx.stderr(),
      `  GET ${url}: 200 (0 ms), request id-1\n${JSON.stringify({ request })}\n`,
    );
  }
});
