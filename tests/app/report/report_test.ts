import { deepEqual, match } from "node:assert/strict";
import { writeReports } from "../../../src/app/report/run_page.ts";
import { fakeContext } from "../../fakes/context.ts";
import { failingRun } from "../job/failing_run.ts";

Deno.test("writeReports() writes the sources of nodes, and returns the files", async () => {
  const { target, clock } = await failingRun("Fit it");
  await clock.sleep(600_000);
  const ctx = fakeContext({ cwd: "/p" });
  const sources = new Map([["Fit it", { source: "src/fit.py:1", parameters: new Map() }]]);
  const written = await Array.fromAsync(writeReports(ctx, [target], { file: "out/page.html", sources }));
  const html = await ctx.fs.readText("/p/out/page.html");
  match(html, /"source":"src\/fit\.py:1"/);
  const sizeBytes = new TextEncoder().encode(html).length;
  deepEqual(written, [
    { name: "j1", status: "Failed", file: "out/page.html", sizeBytes, steps: 2, notices: [] },
  ]);
});
