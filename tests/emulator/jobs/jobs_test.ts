import assert from "node:assert/strict";
import type { EmulatorOptions } from "../../fakes/emulator.ts";
import { ask, type Loose, prepare, putJob, readRecording, tinyEmulator, WORKSPACE_ID } from "../client.ts";

async function world(options: EmulatorOptions = {}) {
  const made = tinyEmulator(options);
  const recording = await readRecording();
  await prepare(made.emulator, recording);
  return { ...made, recording };
}

/** Mistakes in a valid job, and what the error must name. */
const REFUSED: readonly (readonly [string, (job: Loose) => void, RegExp])[] = [
  ["an unknown property", (job) => job.experiment = "x", /experiment/],
  ["an unknown property of a step", (job) => job.jobs.clean.command = "x", /command/],
  ["no steps", (job) => job.jobs = {}, /steps/],
  [
    "a too long experiment name",
    (job) => job.experimentName = "a".repeat(257),
    /Experiment name 'a+' is invalid/,
  ],
  ["an unknown component", (job) => job.jobs.clean.componentId += "0", /Not found component/],
  ["a binding to an unknown step", (job) => bind(job, "${{parent.jobs.gone.outputs.cleaned}}"), /gone/],
  ["a binding to an unknown output", (job) => bind(job, "${{parent.jobs.clean.outputs.gone}}"), /gone/],
  ["a circular step", (job) => bind(job, "${{parent.jobs.count.outputs.summary}}"), /count/],
  ["a missing input", (job) => delete job.jobs.count.inputs.cleaned, /cleaned/],
  [
    "an input with a name of 256 characters",
    (job) => job.jobs.count.inputs["a".repeat(256)] = job.jobs.count.inputs.cleaned,
    /The name 'a{256}' in step 'count' is not allowed/,
  ],
  ["an output bound to an unknown job output", (job) => job.outputs = {}, /summary/],
  ["a step with a name other than its key", (job) => job.jobs.clean.name = "other", /other/],
  [
    "a hyphen in the name of an output",
    (job) => job.jobs.count.outputs["a-b"] = { job_output_type: "uri_folder" },
    /The name 'a-b' in step 'count' is not allowed/,
  ],
];

function bind(job: Loose, value: string): void {
  job.jobs.count.inputs.cleaned.value = value;
}

function asset(job: Loose, uri: string): void {
  job.jobs.count.inputs.cleaned = { uri, job_input_type: "uri_folder" };
}

for (const [what, change, named] of REFUSED) {
  Deno.test(`emulator rejects a job with ${what}`, async () => {
    const { emulator, recording } = await world();
    change(recording.job.properties);
    const { status, body } = await putJob(emulator, "j1", recording.job);
    assert.equal(status, what === "an unknown component" ? 404 : 400, JSON.stringify(body));
    assert.match(JSON.stringify(body.error), named);
    assert.deepEqual(emulator.resources("jobs"), []);
  });
}

for (
  const [what, change, error] of [
    [
      "an unknown compute",
      (job: Loose) => job.jobs.count.computeId = `${WORKSPACE_ID}/computes/gone`,
      /compute target 'gone'/,
    ],
    ["an unknown data asset", (job: Loose) => asset(job, "azureml:gone@latest"), /'azureml:gone@latest'/],
    [
      "an unknown data asset in a bound input",
      (job: Loose) => {
        job.inputs = { raw: { jobInputType: "uri_folder", uri: "azureml:gone:1" } };
        bind(job, "${{ parent.inputs.raw }}");
      },
      /'azureml:gone:1'/,
    ],
  ] as const
) {
  Deno.test(`emulator fails the step of a job with ${what}`, async () => {
    const { emulator, recording, advance } = await world();
    change(recording.job.properties);
    assert.equal((await putJob(emulator, "j1", recording.job)).status, 201);
    advance(60_000);
    assert.equal(emulator.jobStatus("j1"), "Failed");
    const { value } = await history(emulator, "j1/children");
    const failed = value.find(({ displayName }: Loose) => displayName === "count");
    assert.match(failed.error.error.message, error);
  });
}

Deno.test("emulator with dataOnDemand finds any data asset", async () => {
  for (const dataOnDemand of [false, true]) {
    const { emulator } = tinyEmulator({ seed: { dataOnDemand } });
    const status = async (path: string) => (await ask(emulator, "GET", path)).status;
    const expected = dataOnDemand ? 200 : 404;
    assert.equal(await status("data/rides/versions/7"), expected);
    assert.equal(await status("data/weather/versions"), expected);
    assert.equal(await status("data/weather"), expected);
    assert.equal(await status("environments/weather"), 404);
  }
});

async function history(emulator: Loose, path: string): Promise<Loose> {
  const answer = await emulator.fetch(
    new Request(`https://eastus.api.azureml.ms/history/v1.0${WORKSPACE_ID}/runs/${path}`, {
      headers: { authorization: `Bearer ${emulator.issueToken("https://management.azure.com")}` },
    }),
  );
  return { httpStatus: answer.status, ...await answer.json() };
}

const PACE = { prepareMs: 2000, stepMs: 4000, parallelSteps: 2, cancelMs: 500 };

Deno.test("emulator writes the reason of a failed step to its log", async () => {
  const { emulator, recording, advance } = await world({
    pace: PACE,
    outcome: { failingSteps: { clean: "KeyError: 'speed'" } },
  });
  await putJob(emulator, "j1", recording.job);
  advance(PACE.prepareMs + PACE.stepMs / 2);
  const { value: [running] } = await history(emulator, "j1/children");
  assert.deepEqual([running.status, running.error, running.warnings], ["Running", null, null]);
  advance(60_000);
  assert.equal((await ask(emulator, "GET", "jobs/j1")).body.properties.status, "Failed");
  const { value } = await history(emulator, "j1/children");
  assert.deepEqual(value.map((one: Loose) => [one.displayName, one.status]), [["clean", "Failed"]]);
  const details = await history(emulator, `${value[0].runId}/details`);
  assert.match(details.error.error.message, /KeyError: 'speed'/);
  const log = await emulator.fetch(new Request(details.logFiles["user_logs/std_log.txt"]));
  assert.match(await log.text(), /KeyError: 'speed'/);
  assert.match((await history(emulator, "j1/details")).error.error.message, /clean/);
});

Deno.test("emulator runs unrelated steps after a failure", async () => {
  for (const settings of [{}, { continue_on_step_failure: false }]) {
    const { emulator, recording, advance } = await world({
      pace: { ...PACE, parallelSteps: 1 },
      outcome: { failingSteps: { clean: "broken" } },
    });
    const { jobs } = recording.job.properties;
    jobs.other = { ...structuredClone(jobs.clean), name: "other" };
    Object.assign(recording.job.properties.settings, settings);
    await putJob(emulator, "j1", recording.job);
    advance(PACE.prepareMs + PACE.stepMs);
    assert.equal(
      emulator.jobStatus("j1"),
      settings.continue_on_step_failure === false ? "Failed" : "Running",
    );
    advance(60_000);
    const { value } = await history(emulator, "j1/children");
    const { error } = await history(emulator, "j1");
    assert.match(error.error.message, /Failed nodes: \/clean\. For more details/);
    assert.deepEqual(
      value.map((one: Loose) => `${one.displayName} ${one.status}`).sort(),
      settings.continue_on_step_failure === false
        ? ["clean Failed", "other Canceled"]
        : ["clean Failed", "other Completed"],
    );
  }
});

Deno.test("emulator cancels only unfinished jobs", async () => {
  const { emulator, recording, advance } = await world({ pace: PACE });
  await putJob(emulator, "j1", recording.job);
  advance(4000);
  const asked = await ask(emulator, "POST", "jobs/j1/cancel");
  // azure-core would poll the other URL, whose answers have no state.
  assert.equal(asked.headers.get("azure-asyncoperation"), null);
  assert.equal(asked.status, 202);
  const poll = () => ask(emulator, "GET", new URL(asked.headers.get("location")!).pathname);
  const running = await poll();
  assert.deepEqual([running.status, running.headers.get("location")], [202, asked.headers.get("location")]);
  assert.equal((await ask(emulator, "GET", "jobs/j1")).body.properties.status, "CancelRequested");
  advance(PACE.cancelMs / 2);
  assert.equal((await ask(emulator, "POST", "jobs/j1/cancel")).status, 202);
  advance(PACE.cancelMs / 2);
  assert.ok([200, 204].includes((await poll()).status));
  assert.equal((await ask(emulator, "GET", "jobs/j1")).body.properties.status, "Canceled");
  const { value } = await history(emulator, "j1/children");
  assert.deepEqual(value.map((one: Loose) => [one.displayName, one.status]), [["clean", "Canceled"]]);
  advance(60_000);
  assert.equal((await history(emulator, "j1/children")).value.length, 1, "later steps never run");
  assert.equal((await ask(emulator, "POST", "jobs/j1/cancel")).status, 400);
  assert.equal((await ask(emulator, "POST", "jobs/gone/cancel")).status, 404);
});

for (const type of ["string", "number"]) {
  Deno.test(`emulator accepts only a literal for an input of type ${type}`, async () => {
    const { emulator, recording } = await world();
    const [[, body]] = Object.entries(recording.components) as [[string, Loose]];
    const { componentSpec } = body.properties;
    componentSpec.inputs = { n: { type } };
    const { id } = (await ask(emulator, "PUT", "components/numbers/versions/1", { body })).body;
    const put = (input: Loose) => {
      const node = { ...recording.job.properties.jobs.clean, componentId: id, inputs: { n: input } };
      const properties = { ...recording.job.properties, jobs: { clean: node } };
      return putJob(emulator, "j1", { properties });
    };
    const { status, body: { error } } = await put({ job_input_type: "uri_folder", uri: "azureml:rides:1" });
    assert.deepEqual([status, error.message], [
      400,
      `Input 'n' of step 'clean' is of type '${type}', and is given a 'uri_folder'.`,
    ]);
    assert.equal((await put({ job_input_type: "literal", value: "1" })).status, 201);
  });
}

for (
  const [what, name] of [["key", "clean"], ["display name", "apac.clean"], ["node", "apac.filter"]] as const
) {
  Deno.test(`emulator fails the step with the ${what} in failingSteps`, async () => {
    const notices: string[] = [];
    const { emulator, recording, advance } = await world({
      pace: PACE,
      outcome: { failingSteps: { [name]: "no" } },
      onNotice: (text) => notices.push(text),
    });
    const { clean } = recording.job.properties.jobs;
    clean.display_name = "apac.clean";
    clean.environment_variables = { KEDRO_AZUREML_GROUP: JSON.stringify(["apac.load", "apac.filter"]) };
    await putJob(emulator, "j1", recording.job);
    advance(60_000);
    const { value } = await history(emulator, "j1/children");
    assert.deepEqual(value.map((one: Loose) => [one.displayName, one.status]), [["apac.clean", "Failed"]]);
    assert.deepEqual(notices, []);
  });
}

Deno.test("emulator reports unknown steps in failingSteps", async () => {
  const notices: string[] = [];
  const { emulator, recording } = await world({
    outcome: { failingSteps: { clean: "no", gone: "no" } },
    onNotice: (text) => notices.push(text),
  });
  await putJob(emulator, "j1", recording.job);
  assert.deepEqual(notices, ['Job j1 has no step "gone" to fail; its steps are clean, count']);
});
