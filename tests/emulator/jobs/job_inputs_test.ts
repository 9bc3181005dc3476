import { deepEqual, equal, match } from "node:assert/strict";
import type { CreateOptions } from "../../fakes/emulator.ts";
import { component, createClient, ID, job, register } from "../two_steps.ts";

const HISTORY = `https://eastus.api.azureml.ms/history/v1.0${ID}/experiments/exp`;

/** Submits the job of two steps, changed, and with other inputs of the first step's component. */
async function submit(
  { properties = {}, a = {}, b = {}, inputs = {}, options = {} }: {
    readonly properties?: object;
    readonly a?: object;
    readonly b?: object;
    readonly inputs?: object;
    readonly options?: CreateOptions;
  },
) {
  const client = createClient({ pace: { prepareMs: 0, stepMs: 0 }, ...options });
  await register(client);
  const changed = component(false);
  Object.assign(changed.properties.componentSpec, { inputs });
  await client.ask("PUT", `${ID}/components/changed/versions/1`, { body: changed });
  const body = job();
  Object.assign(body.properties, properties);
  Object.assign(body.properties.jobs.a, { componentId: `${ID}/components/changed/versions/1`, ...a });
  Object.assign(body.properties.jobs.b, b);
  const { status, body: answer } = await client.ask("PUT", `${ID}/jobs/j1`, { body });
  const get = async (path: string) => (await client.ask("GET", path)).body;
  return { status, message: String(answer.error?.message ?? ""), get, client, sent: body };
}

/** How the steps of a job end, by name. */
async function ends({ get }: Awaited<ReturnType<typeof submit>>): Promise<Readonly<Record<string, string>>> {
  const { value } = await get(`${HISTORY}/runs/j1/children`);
  return Object.fromEntries(
    value.map((run: { displayName: string; status: string; error?: { error: { message: string } } }) => [
      run.displayName,
      [run.status, run.error?.error.message.trim() ?? []].flat().join(": "),
    ]),
  );
}

for (
  const [what, inputs, isAccepted] of [
    ["no value for an optional input", { x: { type: "string", optional: true } }, true],
    ["no value for an input with a default", { x: { type: "integer", default: 0 } }, true],
    ["no value for a required input", { x: { type: "string" } }, false],
  ] as const
) {
  Deno.test(`emulator ${isAccepted ? "accepts" : "rejects"} a job with ${what}`, async () => {
    const { status, message } = await submit({ inputs });
    equal(status, isAccepted ? 201 : 400);
    if (!isAccepted) match(message, /Step 'a' has no value for the required input 'x'\.$/);
  });
}

Deno.test("emulator fails a step bound to missing data of the job", async () => {
  const bound = (uri: string) =>
    submit({
      properties: { inputs: { data: { jobInputType: "uri_folder", uri } } },
      inputs: { x: { type: "uri_folder" } },
      a: { inputs: { x: { job_input_type: "literal", value: "${{parent.inputs.data}}" } } },
    });
  deepEqual((await ends(await bound("azureml:raw:1"))).a, "Completed");
  const own = { job_input_type: "uri_folder", uri: "azureml:raw:1", mode: "Download", description: "rides" };
  const ofStep = await submit({ inputs: { x: { type: "uri_folder" } }, a: { inputs: { x: own } } });
  deepEqual([ofStep.message, (await ends(ofStep)).a], ["", "Completed"]);
  deepEqual(
    (await ends(await bound("azureml:raw:9"))).a,
    "Failed: Cannot mount input 'x'. Data 'azureml:raw:9' was not found.",
  );
});

Deno.test("emulator runs a step on its own compute, else the job's", async () => {
  const [cpu, gone] = [`${ID}/computes/cpu`, `${ID}/computes/gone`];
  const endOf = async (own: string | null, computeId: string | null, default_compute: string) =>
    (await ends(
      await submit({ properties: { computeId, settings: { default_compute } }, a: { computeId: own } }),
    ))
      .a;
  const unknown = "Failed: Unknown compute target 'gone'.";
  deepEqual(
    [
      await endOf(cpu, gone, gone),
      await endOf(null, cpu, gone),
      await endOf(null, null, cpu),
      await endOf(null, null, gone),
      await endOf(null, gone, cpu),
    ],
    ["Completed", "Completed", "Completed", unknown, unknown],
  );
});

Deno.test("emulator adds the default compute to a job's properties", async () => {
  const shown = async (properties: object) => {
    const { get } = await submit({ properties });
    const { properties: { properties: own } } = await get(`${ID}/jobs/j1`);
    return [own["azureml.defaultComputeName"], own["azureml.continue_on_step_failure"]];
  };
  const settings = { default_compute: `${ID}/computes/cpu`, continue_on_step_failure: false };
  deepEqual(await shown({ settings }), ["cpu", "False"]);
  deepEqual(await shown({ computeId: `${ID}/computes/gpu`, settings: { continue_on_step_failure: true } }), [
    "gpu",
    "True",
  ]);
  deepEqual(await shown({}), [undefined, "True"]);
});

for (
  const [what, a, isAccepted] of [
    ["a timeout", { limits: { timeout: "PT5M", job_limits_type: "Command" } }, true],
    ["a timeout in seconds", { limits: { timeout: "300", job_limits_type: "Command" } }, false],
    ["the variables of a command job", { environmentVariables: {} }, false],
    ["MPI", { distribution: { distribution_type: "Mpi", process_count_per_instance: 1 } }, true],
  ] as const
) {
  Deno.test(`emulator ${isAccepted ? "accepts" : "rejects"} a step with ${what}`, async () => {
    const { status } = await submit({ a });
    equal(status, isAccepted ? 201 : 400);
  });
}
