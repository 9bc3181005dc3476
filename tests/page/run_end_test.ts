import { deepEqual, equal } from "node:assert/strict";
import { withoutWaiting } from "../../src/page/run_end.ts";

Deno.test("steps without a run wait while the run goes on, and were not run once it has ended", () => {
  const steps = [{ status: "Failed" }, {}];
  equal(withoutWaiting("Running", steps), steps);
  deepEqual(withoutWaiting("Failed", steps), [{ status: "Failed" }, { status: "NotRun" }]);
  deepEqual(withoutWaiting("Canceled", steps)[1], { status: "NotRun" });
});
