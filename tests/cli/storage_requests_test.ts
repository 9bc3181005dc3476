import { deepEqual, equal } from "node:assert/strict";
import { makeWorld } from "./world.ts";

Deno.test("every request to blob storage has x-ms-version 2021-12-02", async () => {
  const outcome = { outputs: { cleaned: { "part-0.csv": "a,b\n" } } };
  const { ctx, azure, kedroAzureml } = makeWorld({ emulator: { storage: "identity", outcome } });
  await ctx.fs.writeText(`${ctx.cwd}/large.bin`, "x".repeat(5 * 1024 * 1024));
  for (
    const line of [
      "submit main --name first --wait",
      "job logs first",
      "job download first --outputs -o /tmp/here",
      "auth status",
    ]
  ) {
    await ctx.fs.writeText(`${ctx.cwd}/src/tiny/new.py`, line);
    equal(await kedroAzureml(line), 0, ctx.stderr());
  }
  const sent = azure.requests.filter(({ url }) => new URL(url).host.includes(".blob."));
  const kinds = sent.map(({ method, url }) => `${method} ${new URL(url).searchParams.get("comp") ?? "blob"}`);
  deepEqual([...new Set(kinds)].sort(), [
    "GET blob",
    "GET blocklist",
    "GET list",
    "HEAD blob",
    "PUT blob",
    "PUT block",
    "PUT blocklist",
    "PUT metadata",
  ]);
  deepEqual(sent.filter(({ headers }) => headers["x-ms-version"] !== "2021-12-02"), []);
});
