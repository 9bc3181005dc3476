import { deepEqual, equal } from "node:assert/strict";
import { readRunPage } from "../../../src/app/report/run_page.ts";
import type { RunView } from "../../../src/page/view.ts";
import { failingRun } from "../job/failing_run.ts";

Deno.test("readRunPage() adds what the project says about the node of a step", async () => {
  const { target, clock } = await failingRun("Fit it");
  await clock.sleep(600_000);
  const sources = new Map([["Fit it", { source: "src/fit.py:1", parameters: new Map() }]]);
  const { title, view } = await readRunPage(target, { withLogs: false, sources });
  deepEqual((view as RunView).steps.map(({ key, label, source }) => [key, label, source]), [
    ["a", "a", undefined],
    ["b", "Fit it", "src/fit.py:1"],
  ]);
  equal(title, "j1, Failed");
});
