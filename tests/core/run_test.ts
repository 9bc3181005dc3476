import { deepEqual } from "node:assert/strict";
import { isFailed, isFinal, isRunning, RUN_STATUSES } from "../../src/core/run.ts";

Deno.test("isFinal(), isFailed() and isRunning() classify the statuses of Azure ML", () => {
  deepEqual(RUN_STATUSES.filter(isFinal), ["Completed", "Failed", "Canceled", "NotResponding", "Paused"]);
  deepEqual(RUN_STATUSES.filter(isFailed), ["Failed", "NotResponding"]);
  deepEqual(RUN_STATUSES.filter(isRunning), ["Running", "Finalizing", "CancelRequested"]);
  deepEqual(["SomethingNew"].filter(isFinal), []);
});
