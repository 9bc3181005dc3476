import { deepEqual } from "node:assert/strict";
import { followLogs, type LogsOptions, readLogs, stepFailure } from "../../../src/app/job/logs.ts";
import { openWorkspace } from "../../../src/azureml/service/client/open_workspace.ts";
import type { JobRuns } from "../../../src/azureml/service/history/job_runs.ts";
import { CLOUDS } from "../../../src/core/clouds/load.ts";
import { createClient, ID, job, register, WORKSPACE } from "../../emulator/two_steps.ts";
import { fakeContext } from "../../fakes/context.ts";

Deno.test("stepFailure() says why and where a step failed, on which node, and what to do", async () => {
  const failureOf = async (failure: object) => {
    const history = { failure: async () => failure } as unknown as JobRuns["history"];
    return await stepFailure({ config: WORKSPACE }, { history }, "fit it", {
      id: "r1",
      compute: "serverless",
    });
  };
  const node = "kedro-azureml: node 1/2 fit: started\n";
  deepEqual(
    await failureOf({
      ...{ message: "It failed", logTail: `${node}CredentialUnavailableError` },
      cause: { error: "ValueError: no", place: "src/a.py:1 in a" },
    }),
    {
      ...{ step: "fit it", node: "fit", reason: "ValueError: no", place: "src/a.py:1 in a" },
      hint: "Serverless compute has no managed identity; run the step on a cluster that has one",
    },
  );
  deepEqual(await failureOf({ message: "It failed", logTail: undefined }), {
    ...{ step: "fit it", node: undefined, reason: "It failed", place: undefined, hint: undefined },
  });
});

/** A job whose step `b`, "Fit it", runs two nodes and fails in the second. */
async function target(failingSteps: Record<string, string> = { b: "ValueError: no" }) {
  const fake = fakeContext({ fetch: (request) => emulator.fetch(request) });
  const { emulator, ask } = createClient({ clock: fake.clock, outcome: { failingSteps } });
  await register({ ask });
  const body = job();
  Object.assign(body.properties.jobs.b, {
    display_name: "Fit it",
    environment_variables: { KEDRO_AZUREML_GROUP: '["fit","plot"]' },
  });
  await ask("PUT", `${ID}/jobs/j1`, { body });
  const workspace = openWorkspace(
    {
      ...{ ...fake, cloud: CLOUDS.AzureCloud!, config: WORKSPACE },
      tokens: { getToken: async (scope) => ({ token: emulator.issueToken(scope.replace("/.default", "")) }) },
    } as Parameters<typeof openWorkspace>[0],
  );
  return { target: { workspace, name: "j1", job: undefined, isSent: true }, clock: fake.clock };
}

/** What is shown of each log: its step, whether there may be others, and its lines about nodes. */
async function shown(read: typeof readLogs, options: LogsOptions, wait = true) {
  const made = await target();
  if (wait) await made.clock.sleep(600_000);
  const results = await Array.fromAsync(read(made.target, options));
  return results.map((result) =>
    result.type === "failed"
      ? `${result.step} failed in ${result.node}`
      : `${result.step}${result.isOneOfMany ? " (one of many)" : ""}: ${
        [...result.text.matchAll(/^kedro-azureml: node \d\/\d (.+?)(?: in \d+ s.*)?$/gm)].map(([, line]) =>
          line
        )
      }`
  );
}

const ALL = "fit: started,fit: completed,plot: started,plot: failed";

Deno.test("readLogs() shows the logs of all steps, of failed ones, of a step, or of a node", async () => {
  const failed = ["Fit it failed in plot"];
  deepEqual(await shown(readLogs, {}), ["a (one of many): ", ...failed, `Fit it (one of many): ${ALL}`]);
  deepEqual(await shown(readLogs, { failed: true }), [...failed, `Fit it: ${ALL}`]);
  for (const step of ["b", "Fit it"]) {
    deepEqual(await shown(readLogs, { step }), [...failed, `Fit it: ${ALL}`]);
  }
  deepEqual(await shown(readLogs, { step: "plot" }), [...failed, "Fit it: plot: started,plot: failed"]);
  deepEqual(await shown(readLogs, { step: "fit" }), ["Fit it: fit: started,fit: completed"]);
});

Deno.test("followLogs() shows the logs of all steps, of a step, or of a node, as they are written", async () => {
  const whole = async (options: LogsOptions) => (await shown(followLogs, options, false)).join();
  const names = (text: string) => [...new Set(text.match(/(?:a|Fit it)(?: \(one of many\))?(?=:)/g))];
  deepEqual(names(await whole({})), ["a (one of many)", "Fit it (one of many)"]);
  deepEqual(names(await whole({ step: "a" })), ["a"]);
  const b = await whole({ step: "b" });
  deepEqual([names(b), ["fit: started", "plot: failed"].map((line) => b.includes(line))], [["Fit it"], [
    true,
    true,
  ]]);
  const plot = await whole({ step: "plot" });
  deepEqual([plot.includes("fit: "), plot.includes("plot: failed")], [false, true]);
});
