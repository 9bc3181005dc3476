import { deepEqual, equal } from "node:assert/strict";
import { isFinalStatus, withoutWaiting } from "../../src/page/run_end.ts";

Deno.test("steps without a run wait while the run goes on, and were not run once it has ended", () => {
  const steps = [{ status: "Failed" }, {}];
  equal(withoutWaiting("Running", steps), steps);
  deepEqual(withoutWaiting("Failed", steps), [{ status: "Failed" }, { status: "NotRun" }]);
  deepEqual(withoutWaiting("Canceled", steps)[1], { status: "NotRun" });
});

Deno.test("a run ends with any of Azure's final statuses", () => {
  deepEqual(["Completed", "Failed", "Canceled", "NotResponding", "Paused"].filter(isFinalStatus).length, 5);
  equal(isFinalStatus("CancelRequested"), false);
});
