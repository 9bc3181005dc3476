import { deepEqual, equal, throws } from "node:assert/strict";
import { type OpenRun, openRun, requireStep, runOf } from "../../../src/azureml/runs/run.ts";
import type { RunHistory, StepRun } from "../../../src/azureml/runs/history.ts";
import { WORKSPACE } from "../../emulator/two_steps.ts";
import { workspaceOf } from "./odd_answers.ts";

const step = (key: string, label = key) => ({ key, label, compute: undefined, needs: [] });

Deno.test("requireStep() finds a step by its key or label, else names the steps of the job", () => {
  const steps = [step("load_data", "load.data"), step("train")];
  equal(requireStep(steps, "fox", "load.data"), steps[0]);
  throws(() => requireStep(steps, "fox", "trian"), {
    code: "job.no_step",
    exit: 2,
    message: 'Job "fox" has no step "trian" (did you mean "train"?)',
    details: ["steps: load.data, train"],
    hint: "Pass one of them to `--step`",
  });
});

Deno.test("openRun() returns the last run of each step, and runs that belong to no step after them", async () => {
  const run = (id: string, name: string) =>
    ({ id, step: name, names: [name], compute: "cpu" }) as unknown as StepRun;
  const runs = [run("r1", "train"), run("r2", "train"), run("r3", "stray")];
  const workspace = workspaceOf(() =>
    Response.json({ name: "fox", properties: { jobType: "Pipeline", jobs: { load: {}, train: {} } } })
  );
  const history = { children: async () => runs } as unknown as RunHistory;
  const { job, steps } = await openRun(workspace, "fox", async () => history);
  equal(job.name, "fox");
  deepEqual(steps.map(({ key, label, compute, run }) => [key, label, compute, run?.id]), [
    ["load", "load", undefined, undefined],
    ["train", "train", undefined, "r2"],
    ["r3", "stray", "cpu", "r3"],
  ]);
});

Deno.test("OpenRun.failure() says why and where a step failed, on which node, and what to do", async () => {
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
