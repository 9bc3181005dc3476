import { deepEqual, throws } from "node:assert/strict";
import { requireStep } from "../../../src/azureml/job/steps.ts";
import { type OpenRun, runOf } from "../../../src/azureml/runs/open_run.ts";
import type { RunHistory, StepRun } from "../../../src/azureml/runs/history.ts";
import { WORKSPACE } from "../../emulator/two_steps.ts";

const step = (key: string, label = key) => ({ key, label, compute: undefined, needs: [] });

Deno.test("failure() returns the reason and advice for a failed step", async () => {
  const failureOf = async (said: object) => {
    const history = { failure: async () => said } as unknown as RunHistory;
    const opened = runOf({ workspace: { config: WORKSPACE }, history } as unknown as OpenRun);
    const run = { id: "r1", compute: "serverless" } as StepRun;
    const { step: label, node, reason, place, hint } = await opened.failure({ ...step("fit"), run });
    return { step: label, node, reason, place, hint };
  };
  const node = "kedro-azureml: node 1/2 fit: started\n";
  deepEqual(
    await failureOf({
      ...{ message: "It failed", logTail: `${node}CredentialUnavailableError` },
      cause: { error: "ValueError: no", place: "src/a.py:1 in a" },
    }),
    {
      ...{ step: "fit", node: "fit", reason: "ValueError: no", place: "src/a.py:1 in a" },
      hint: "Serverless compute has no managed identity; run the step on a cluster that has one",
    },
  );
  deepEqual(await failureOf({ message: "It failed", logTail: undefined }), {
    ...{ step: "fit", node: undefined, reason: "It failed", place: undefined, hint: undefined },
  });
});

Deno.test("requireStep() suggests the step's name with its namespace", () => {
  const find = () => requireStep([step("train"), step("fit_load", "fit.load")], "fox", "load");
  throws(find, { code: "job.no_step", message: 'Job "fox" has no step "load" (did you mean "fit.load"?)' });
});
