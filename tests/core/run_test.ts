import { deepEqual, equal } from "node:assert/strict";
import {
  groupedNodes,
  isFailed,
  isFinal,
  isRunning,
  RUN_STATUSES,
  withoutWaiting,
} from "../../src/core/run.ts";

Deno.test("isFinal(), isFailed() and isRunning() classify the statuses of Azure ML", () => {
  deepEqual(RUN_STATUSES.filter(isFinal), ["Completed", "Failed", "Canceled", "NotResponding", "Paused"]);
  deepEqual(RUN_STATUSES.filter(isFailed), ["Failed", "NotResponding"]);
  deepEqual(RUN_STATUSES.filter(isRunning), ["Running", "Finalizing", "CancelRequested"]);
  deepEqual(["SomethingNew"].filter(isFinal), []);
});

Deno.test("withoutWaiting() marks steps without a run as NotRun once the job has ended", () => {
  const steps = [{ status: "Failed" }, {}];
  equal(withoutWaiting("Running", steps), steps);
  deepEqual(withoutWaiting("Failed", steps), [{ status: "Failed" }, { status: "NotRun" }]);
  deepEqual(withoutWaiting("Canceled", steps)[1], { status: "NotRun" });
});

Deno.test("groupedNodes() reads the nodes of a step from its variable, and nothing from other values", () => {
  const of = (KEDRO_AZUREML_GROUP: unknown) => groupedNodes({ KEDRO_AZUREML_GROUP });
  deepEqual(of('["a","b"]'), ["a", "b"]);
  deepEqual(of('["a",1]'), ["a", "1"]);
  deepEqual([of("a"), of('{"a":1}'), of(undefined), groupedNodes(undefined)], [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
