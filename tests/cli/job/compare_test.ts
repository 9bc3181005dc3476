import { deepEqual, equal, match } from "node:assert/strict";
import { assertTranscript, transcriptOf } from "../transcript.ts";
import { makeWorld } from "../world.ts";

Deno.test("job compare transcript: runs by name and by age", async (t) => {
  const tracked = {
    count: { metrics: { mae: [2], rows: [10] } },
    "first/count": { metrics: { mae: [2], rows: [10] }, params: { depth: "3", api_key: "a" } },
    "second/count": {
      metrics: { rows: [10], mae: [1.5], worst: [Infinity] },
      params: { depth: "4", api_key: "b" },
    },
  };
  const world = makeWorld({ emulator: { outcome: { tracked } } });
  const { ctx, kedroAzureml } = world;
  equal(await kedroAzureml("submit -j main --name first --wait"), 0, ctx.stderr());
  const params = ["--params", '{"rate":0.2}'];
  equal(
    await kedroAzureml(["submit", "-j", "main", "--name", "second", "--wait", ...params]),
    0,
    ctx.stderr(),
  );
  equal(await kedroAzureml("submit -j one --name third --wait"), 0, ctx.stderr());
  const text = await transcriptOf(world, [
    "job compare first second",
    "job compare main~1 main",
    "job compare first second third",
    "job compare --json",
    "job compare main~7 last",
    "job compare last last",
    "job compare first second --html pyproject.toml",
  ]);
  await assertTranscript(t, text, import.meta.url);
  equal(await kedroAzureml("job compare first second --html changes.html"), 0, ctx.stderr());
  match(ctx.stdout(), /^✓ Compared 2 runs: wrote changes\.html, \d+ KiB$/m);
  const page = await ctx.fs.readText(`${ctx.cwd}/changes.html`);
  const { view } = JSON.parse(/id="data">(.*?)<\/script>/s.exec(page)![1]!);
  deepEqual(
    [view.kind, view.changes[0].values, view.metrics[0].change, view.metrics[1].values],
    ["compare", [null, "0.2"], -0.25, [null, "Infinity"]],
  );
});
