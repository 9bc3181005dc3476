import { deepEqual, equal } from "node:assert/strict";
import { withoutWaiting } from "../../src/page/run_end.ts";

Deno.test("withoutWaiting() marks steps without a run as not run after the end", () => {
  const steps = [{ status: "Failed" }, {}];
  equal(withoutWaiting("Running", steps), steps);
  deepEqual(withoutWaiting("Failed", steps), [{ status: "Failed" }, { status: "NotRun" }]);
  deepEqual(withoutWaiting("Canceled", steps)[1], { status: "NotRun" });
});
