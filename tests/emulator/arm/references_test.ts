import { deepEqual, equal } from "node:assert/strict";
import { component, createClient, ID, job, register } from "../two_steps.ts";

/** An id or a URI for the name of a test: without the workspace's id, which is long. */
const shown = (text: string | null) =>
  text === "" ? '""' : `${text}`.replace(ID, "<workspace>").replace(ID.toUpperCase(), "<WORKSPACE>");

/** Submits the job of two steps with a compute for its first step; returns how that step ends. */
async function ofCompute(computeId: string | null, acceptAny = false) {
  const client = createClient({ acceptAny, pace: { prepareMs: 0, stepMs: 0 } });
  await register(client);
  const body = job();
  Object.assign(body.properties.jobs.a, { computeId });
  const { status } = await client.ask("PUT", `${ID}/jobs/j1`, { body });
  equal(status, 201);
  const children = `https://eastus.api.azureml.ms/history/v1.0${ID}/experiments/exp/runs/j1/children`;
  const { body: { value } } = await client.ask("GET", children);
  return value.find((run: { displayName: string }) => run.displayName === "a").status;
}

for (
  const [computeId, acceptAny, expected] of [
    [`${ID}/computes/cpu`, false, "Completed"],
    [`${ID}/computes/serverless`, false, "Completed"],
    [null, false, "Completed"],
    [`${ID}/computes/gpu`, false, "Failed"],
    [`${ID}/computes/gpu`, true, "Completed"],
  ] as const
) {
  Deno.test(`emulator ends a step on compute ${shown(computeId)} as ${expected}${acceptAny ? " with acceptAny" : ""}`, async () =>
    equal(await ofCompute(computeId, acceptAny), expected));
}

/** The status of registering a component with an environment, or code. */
async function registering(spec: object, acceptAny = false): Promise<number> {
  const { ask } = createClient({ acceptAny });
  const body = component(false);
  Object.assign(body.properties.componentSpec, spec);
  return (await ask("PUT", `${ID}/components/c/versions/1`, { body })).status;
}

for (
  const [environment, acceptAny, status] of [
    [`azureml:${ID}/environments/env/versions/3`, false, 201],
    [`azureml:${ID}/environments/env/versions/4`, false, 400],
    [`azureml:${ID}/data/raw/versions/1`, false, 400],
    ["azureml:env:3", false, 201],
    ["azureml:env@latest", false, 201],
    ["azureml:AzureML-sklearn-1.0@latest", false, 201],
    ["azureml://registries/r/environments/e/versions/1", false, 201],
  ] as const
) {
  Deno.test(`emulator answers ${status} to a component with environment ${shown(environment)}${acceptAny ? " and acceptAny" : ""}`, async () =>
    equal(await registering({ environment }, acceptAny), status));
}

Deno.test("emulator rejects a component without existing code", async () => {
  const environment = `azureml:${ID}/environments/env/versions/3`;
  for (const code of [`azureml:${ID}/codes/c/versions/1`, `azureml:${ID}/environments/env/versions/3`]) {
    equal(await registering({ environment, code }), 400, code);
  }
});

for (
  const [uri, status] of [
    ["azureml:raw:1", "Completed"],
    [`${ID}/data/raw/versions/1`, "Completed"],
    ["azureml://datastores/workspaceblobstore/paths/x", "Completed"],
    ["azureml:raw:2", "Failed"],
    ["s3://bucket/x", "Failed"],
  ] as const
) {
  Deno.test(`emulator ends a step with the input ${shown(uri)} as ${status}`, async () => {
    const client = createClient({ pace: { prepareMs: 0, stepMs: 0 } });
    await register(client);
    const body = job();
    Object.assign(body.properties.jobs.b, { inputs: { in: { job_input_type: "uri_folder", uri } } });
    equal((await client.ask("PUT", `${ID}/jobs/j1`, { body })).status, 201);
    const children = `https://eastus.api.azureml.ms/history/v1.0${ID}/experiments/exp/runs/j1/children`;
    const { body: { value } } = await client.ask("GET", children);
    deepEqual(
      value.map((run: { displayName: string; status: string }) => `${run.displayName} ${run.status}`)
        .toSorted(),
      ["a Completed", `b ${status}`],
    );
  });
}
