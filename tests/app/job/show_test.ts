import { deepEqual } from "node:assert/strict";
import { showRun } from "../../../src/app/job/job.ts";
import { failingRun } from "./failing_run.ts";

Deno.test("showRun() returns how each node of a step ended, by what its log says", async () => {
  const { target, clock } = await failingRun("Fit it");
  await clock.sleep(600_000);
  const { steps, failures } = await showRun(target);
  deepEqual(
    steps.map(({ label, nodeRuns }) => [label, nodeRuns?.map(({ name, status }) => [name, status])]),
    [
      ["a", undefined],
      ["Fit it", [["fit", "Completed"], ["plot", "Failed"]]],
    ],
  );
  deepEqual(failures.map(({ step, node, reason }) => [step, node, reason]), [[
    "Fit it",
    "plot",
    "ValueError: no",
  ]]);
});
