import assert from "node:assert/strict";
import type { EmulatorOptions } from "../../fakes/emulator.ts";
import {
  ask,
  type Loose,
  prepare,
  putJob,
  readRecording,
  tinyEmulator,
  WORKSPACE,
  WORKSPACE_ID,
} from "../client.ts";

async function world(options: EmulatorOptions = {}) {
  const made = tinyEmulator(options);
  const recording = await readRecording();
  await prepare(made.emulator, recording);
  return { ...made, recording };
}

/** Mistakes in a valid job, and what the error must name. */
const REFUSED: readonly (readonly [string, (job: Loose) => void, RegExp])[] = [
  ["an unknown property", (job) => job.experiment = "x", /experiment/],
  ["a property of the wrong type", (job) => job.displayName = 7, /displayName/],
  ["a tag that is not a string", (job) => job.tags = { a: 1 }, /tags/],
  ["an unknown property of a step", (job) => job.jobs.clean.command = "x", /command/],
  [
    "a camel-case property of a step",
    (job) => job.jobs.clean.environmentVariables = {},
    /environmentVariables/,
  ],
  [
    "a number as an environment variable",
    (job) => job.jobs.clean.environment_variables.N = 1,
    /environment_variables/,
  ],
  ["an output without a type", (job) => job.outputs.summary = {}, /jobOutputType/],
  ["no steps", (job) => job.jobs = {}, /steps/],
  ["an experiment name that begins with a dash", (job) => job.experimentName = "-a", /'-a' is invalid/],
  [
    "an experiment name that is too long",
    (job) => job.experimentName = "a".repeat(257),
    /Experiment name 'a+' is invalid/,
  ],
  ["an unknown component", (job) => job.jobs.clean.componentId += "0", /Not found component/],
  ["a binding to an unknown step", (job) => bind(job, "${{parent.jobs.gone.outputs.cleaned}}"), /gone/],
  ["a binding to an unknown output", (job) => bind(job, "${{parent.jobs.clean.outputs.gone}}"), /gone/],
  [
    "a binding to an unknown step, and an earlier job as its source",
    (job) => {
      job.sourceJobId = `${WORKSPACE_ID}/jobs/j0`;
      bind(job, "${{parent.jobs.gone.outputs.cleaned}}");
    },
    /gone/,
  ],
  ["a binding to an unknown input of the job", (job) => bind(job, "${{parent.inputs.gone}}"), /gone/],
  ["a literal in place of a folder", (job) => bind(job, "text"), /cleaned/],
  ["a step that depends on itself", (job) => bind(job, "${{parent.jobs.count.outputs.summary}}"), /count/],
  ["a missing input", (job) => delete job.jobs.count.inputs.cleaned, /cleaned/],
  ["an additional input", (job) => job.jobs.count.inputs.more = job.jobs.count.inputs.cleaned, /more/],
  [
    "an input with a name of 255 characters that its component does not have",
    (job) => job.jobs.count.inputs["a".repeat(255)] = job.jobs.count.inputs.cleaned,
    /has no input 'a{255}'/,
  ],
  [
    "an input with a name of 256 characters",
    (job) => job.jobs.count.inputs["a".repeat(256)] = job.jobs.count.inputs.cleaned,
    /The name 'a{256}' in step 'count' is not allowed/,
  ],
  [
    "an additional output",
    (job) => job.jobs.count.outputs.more = { job_output_type: "uri_folder" },
    /more/,
  ],
  ["an output bound to an unknown job output", (job) => job.outputs = {}, /summary/],
  [
    "an output bound to an output of another step",
    (job) => job.jobs.count.outputs.summary.value = "${{parent.jobs.clean.outputs.summary}}",
    /is bound to '\$\{\{parent\.jobs\.clean/,
  ],
  ["a step whose name differs from its key", (job) => job.jobs.clean.name = "other", /other/],
  [
    "a hyphen in the name of an output",
    (job) => job.jobs.count.outputs["a-b"] = { job_output_type: "uri_folder" },
    /The name 'a-b' in step 'count' is not allowed/,
  ],
  ["a hyphen in the name of a step", (job) => renameStep(job, "clean", "clean-it"), /clean-it/],
];

function bind(job: Loose, value: string): void {
  job.jobs.count.inputs.cleaned.value = value;
}

function asset(job: Loose, uri: string): void {
  job.jobs.count.inputs.cleaned = { uri, job_input_type: "uri_folder" };
}

function renameStep(job: Loose, from: string, to: string): void {
  job.jobs[to] = { ...job.jobs[from], name: to };
  delete job.jobs[from];
  bind(job, `\${{parent.jobs.${to}.outputs.cleaned}}`);
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
    [
      "an unknown compute and an unknown data asset",
      (job: Loose) => {
        asset(job, "azureml:gone@latest");
        job.jobs.count.computeId = `${WORKSPACE_ID}/computes/gone`;
      },
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
  Deno.test(`emulator accepts a job with ${what} and fails its step`, async () => {
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

Deno.test("emulator fails a step for the reason in failingSteps, even if it could not run at all", async () => {
  const { emulator, recording, advance } = await world({ outcome: { failingSteps: { count: "as asked" } } });
  asset(recording.job.properties, "azureml:gone:1");
  await putJob(emulator, "j1", recording.job);
  advance(60_000);
  const { value } = await history(emulator, "j1/children");
  const failed = value.find(({ displayName }: Loose) => displayName === "count");
  assert.equal(failed.error.error.message, "\nas asked");
});

Deno.test("emulator accepts an existing data asset by ID and by name", async () => {
  for (const uri of [`${WORKSPACE_ID}/data/rides/versions/2`, "azureml:rides:1", "azureml:rides@latest"]) {
    const { emulator, recording } = await world();
    asset(recording.job.properties, uri);
    assert.equal((await putJob(emulator, "j1", recording.job)).status, 201, uri);
  }
});

Deno.test("emulator finds any data asset with dataOnDemand, but no unknown environment", async () => {
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

Deno.test("emulator requires an Azure ML token to create a job", async () => {
  const { emulator, recording } = await world();
  for (
    const headers of [
      {},
      { "x-azureml-token": emulator.issueToken("https://management.azure.com") },
      { "x-azureml-token": emulator.issueToken("https://ml.azure.com", { lifetimeSeconds: 0 }) },
      { "x-azureml-token": "e30.e30.e30" },
    ]
  ) {
    assert.equal((await putJob(emulator, "j1", recording.job, { body: recording.job, headers })).status, 401);
  }
  assert.equal((await putJob(emulator, "j1", recording.job)).status, 201);
});

Deno.test("emulator rejects invalid job names", async () => {
  const { emulator, recording } = await world();
  for (const name of ["-a", "a.b", "a b", "é", "x".repeat(256)]) {
    assert.equal((await putJob(emulator, encodeURIComponent(name), recording.job)).status, 400, name);
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

Deno.test("emulator advances a job with the clock, step after step", async () => {
  const { emulator, recording, advance } = await world({ pace: PACE });
  await putJob(emulator, "j1", recording.job);
  const seen: string[] = [];
  for (let ms = 0; ms <= 11_000; ms += 500) {
    const { body } = await ask(emulator, "GET", "jobs/j1");
    const { value } = await history(emulator, "j1/children");
    const steps = value.map((one: Loose) => `${one.displayName}:${one.status}`);
    const line = [body.properties.status, ...steps].join(" ");
    if (seen.at(-1) !== line) seen.push(line);
    advance(500);
  }
  assert.deepEqual(seen, [
    "NotStarted",
    "Preparing",
    "Running clean:Queued",
    "Running clean:Running",
    "Running clean:Completed count:Queued",
    "Running clean:Completed count:Running",
    "Completed clean:Completed count:Completed",
  ]);
  const details = await history(emulator, "j1/details");
  assert.equal(Date.parse(details.endTimeUtc) - Date.parse(details.startTimeUtc), 2 * PACE.stepMs);
});

Deno.test("emulator fails a job whose step fails, and gives the reason in the log and the details", async () => {
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

Deno.test("emulator runs unrelated steps after a failure unless the job's settings stop them", async () => {
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

Deno.test("emulator completes a reused step at once and names the original run", async () => {
  const { emulator, recording, advance } = await world({ outcome: { reusedSteps: ["clean", "count"] } });
  await putJob(emulator, "j1", recording.job);
  advance(60_000);
  await putJob(emulator, "j2", recording.job);
  advance(5000);
  const [{ value: [old] }, { value: [run] }] = [
    await history(emulator, "j1/children"),
    await history(emulator, "j2/children"),
  ];
  assert.deepEqual([run.startTimeUtc, run.duration], [run.endTimeUtc, "00:00:00"]);
  assert.deepEqual([run.runTypeV2.orchestrator, run.dataContainerId], [null, `dcid.${old.runId}`]);
  assert.equal(run.properties["azureml.reusedrunid"], old.runId);
  assert.equal(run.properties["azureml.reusedpipelinerunid"], "j1");
  assert.equal(run.properties["azureml.rootpipelinerunid"], "j1");
  const logsOf = async (id: string) => Object.keys((await history(emulator, `${id}/details`)).logFiles);
  assert.deepEqual(await logsOf(old.runId), ["user_logs/std_log.txt"]);
  assert.deepEqual(await logsOf(run.runId), []);
  const outputsOf = async (runId: string) => {
    const { body } = await ask(emulator, "POST", `/history/v1.0${WORKSPACE_ID}/rundata`, {
      body: { runId },
      origin: "https://eastus.api.azureml.ms",
    });
    return Object.keys(body.runMetadata.outputs ?? {});
  };
  assert.deepEqual([await outputsOf(old.runId), await outputsOf(run.runId)], [["cleaned"], []]);
  await putJob(emulator, "j3", recording.job);
  assert.deepEqual(await logsOf("j3"), []);
});

Deno.test("emulator reuses only the steps in reusedSteps, and always those of the first job", async () => {
  const { emulator, recording, advance } = await world({ outcome: { reusedSteps: ["clean"] } });
  const reused = async (job: string): Promise<Loose[]> => {
    await putJob(emulator, job, recording.job);
    advance(60_000);
    const { value } = await history(emulator, `${job}/children`);
    return value.map((run: Loose) => [run.displayName, run.properties["azureml.reusedpipelinerunid"]]);
  };
  assert.deepEqual(await reused("j1"), [["clean", undefined], ["count", undefined]]);
  assert.deepEqual(await reused("j2"), [["clean", "j1"], ["count", undefined]]);
  assert.deepEqual(
    await reused("j3"),
    [["clean", "j1"], ["count", undefined]],
    "not j2, which has no results",
  );
});

Deno.test("emulator returns a run's outputs only with its run data, and names runs after their components", async () => {
  const { emulator, recording, advance } = await world();
  await putJob(emulator, "j1", recording.job);
  advance(60_000);
  const { value: [run] } = await history(emulator, "j1/children");
  assert.deepEqual([run.outputs, run.inputs, run.displayName], [null, null, "clean"]);
  assert.equal(run.name, run.properties["azureml.moduleName"]);
  const answer = await emulator.fetch(
    new Request(`https://eastus.api.azureml.ms/history/v1.0${WORKSPACE_ID}/rundata`, {
      method: "POST",
      headers: { authorization: `Bearer ${emulator.issueToken("https://management.azure.com")}` },
      body: JSON.stringify({ runId: run.runId, selectRunMetadata: true }),
    }),
  );
  assert.deepEqual(Object.keys((await answer.json()).runMetadata.outputs), ["cleaned"]);
});

Deno.test("emulator adds Azure ML's properties to a job after its preparation", async () => {
  const { emulator, recording, advance } = await world({ pace: PACE });
  recording.job.properties.properties = { mine: "1" };
  const { body, headers } = await putJob(emulator, "j1", recording.job);
  assert.match(headers.get("location")!, /\/jobs\/j1\?/);
  assert.deepEqual([body.properties.status, body.properties.properties], ["NotStarted", { mine: "1" }]);
  for (const key of ["identity", "componentId", "notificationSetting", "sourceJobId", "inputs"]) {
    assert.equal(body.properties[key], null, key);
  }
  advance(PACE.prepareMs);
  const { properties } = (await ask(emulator, "GET", "jobs/j1")).body.properties;
  assert.deepEqual([properties.mine, properties.runSource], ["1", "MFE"]);
  assert.equal(properties["azureml.continue_on_step_failure"], "True");
});

Deno.test("emulator accepts a job that is sent back without what was null", async () => {
  const { emulator, recording } = await world();
  const { status: _, services: _services, ...properties } =
    (await putJob(emulator, "j1", { properties: { ...recording.job.properties, computeId: null } })).body
      .properties;
  const given = Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null));
  assert.equal((await putJob(emulator, "j1", { properties: given })).status, 200);
});

Deno.test("emulator cuts the warning of a failed step, and begins its error with one line break", async () => {
  for (const [reason, message] of [["x".repeat(600), `\n${"x".repeat(600)}`], ["\nno", "\nno"]] as const) {
    const { emulator, recording, advance } = await world({ outcome: { failingSteps: { clean: reason } } });
    await putJob(emulator, "j1", recording.job);
    advance(60_000);
    const { value: [run] } = await history(emulator, "j1/children");
    assert.equal(run.error.error.message, message);
    assert.deepEqual(run.warnings, [
      { source: "Execution", message: `AzureMLCompute job failed\n${reason}`.slice(0, 500) },
    ]);
  }
});

Deno.test("emulator changes what describes a job that is sent again, and keeps the rest", async () => {
  const { emulator, recording } = await world();
  const { status, ...properties } = (await putJob(emulator, "j1", recording.job)).body.properties;
  for (const changed of [{ description: "New" }, { displayName: "New" }, { tags: { a: "1" } }]) {
    const sent = await putJob(emulator, "j1", { properties: { ...properties, ...changed } });
    assert.deepEqual([sent.status, sent.body.properties], [200, { ...properties, ...changed, status }]);
  }
});

Deno.test("emulator archives a job that is sent back with isArchived", async () => {
  const { emulator, recording } = await world();
  const { status: _, ...properties } = (await putJob(emulator, "j1", recording.job)).body.properties;
  const sent = await putJob(emulator, "j1", { properties: { ...properties, isArchived: true } });
  assert.deepEqual([sent.status, sent.body.properties.isArchived], [200, true]);
});

Deno.test("emulator cancels only jobs that have not ended, and a second request does not delay it", async () => {
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

Deno.test("emulator has no start of a step that was canceled while it waited for its machine", async () => {
  const { emulator, recording, advance } = await world({ pace: { ...PACE, parallelSteps: 0 } });
  await putJob(emulator, "j1", recording.job);
  advance(PACE.prepareMs);
  await ask(emulator, "POST", "jobs/j1/cancel");
  advance(60_000);
  const { value } = await history(emulator, "j1/children");
  assert.deepEqual(value.map((run: Loose) => [run.displayName, run.status, run.startTimeUtc]), [
    ["clean", "Canceled", null],
  ]);
});

for (const end of ["Canceled", "NotResponding"] as const) {
  Deno.test(`emulator ends a job as ${end} with outcome option afterFirstStep`, async () => {
    const { emulator, recording, advance } = await world({ pace: PACE, outcome: { afterFirstStep: end } });
    await putJob(emulator, "j1", recording.job);
    advance(4000);
    assert.equal(emulator.jobStatus("j1"), "Running");
    advance(60_000);
    assert.equal(emulator.jobStatus("j1"), end);
  });
}

Deno.test("emulator lists the runs of steps with their display names and in pages", async () => {
  const { emulator, recording, advance } = await world({ pace: PACE });
  recording.job.properties.jobs.clean.display_name = "Clean.It";
  await putJob(emulator, "j1", recording.job);
  advance(60_000);
  const first = await history(emulator, "j1/children?$top=1");
  assert.deepEqual(first.value.map((one: Loose) => [one.name, one.displayName]), [["clean", "Clean.It"]]);
  assert.equal(new URL(first.nextLink).pathname, `/history/v1.0${WORKSPACE_ID}/runs/j1/children`);
  const token = encodeURIComponent(first.continuationToken);
  const second = await history(emulator, `j1/children?$continuationtoken=${token}`);
  assert.deepEqual(second.value.map((one: Loose) => one.displayName), ["count"]);
  assert.ok(!("continuationToken" in second));
});

Deno.test("emulator lists the runs of 100 steps at once, and of a step none", async () => {
  const { emulator, recording, advance } = await world({ pace: { ...PACE, parallelSteps: 200 } });
  const { clean } = recording.job.properties.jobs;
  const names = Array.from({ length: 101 }, (_, at) => `s${at}`);
  const jobs = Object.fromEntries(names.map((name) => [name, { ...clean, name }]));
  assert.equal(
    (await putJob(emulator, "j1", { properties: { ...recording.job.properties, jobs } })).status,
    201,
  );
  advance(60_000);
  const { value, continuationToken } = await history(emulator, "j1/children");
  assert.deepEqual([value.length, continuationToken], [100, "100"]);
  assert.equal(emulator.jobStatus("j1"), "Completed", "all run at once");
  assert.deepEqual(await history(emulator, `${value[0].runId}/children`), { httpStatus: 200, value: [] });
});

Deno.test("emulator names a job without a display name by its name, and has no times of what has not begun", async () => {
  const { emulator, recording, advance } = await world({ pace: PACE });
  delete recording.job.properties.displayName;
  await putJob(emulator, "j1", recording.job);
  const shown = async (path: string) => {
    const { value, ...run } = await history(emulator, path);
    const { displayName, status, startTimeUtc, endTimeUtc } = value?.[0] ?? run;
    return [displayName, status, startTimeUtc !== null, endTimeUtc !== null];
  };
  assert.deepEqual(await shown("j1"), ["j1", "NotStarted", false, false]);
  advance(PACE.prepareMs);
  assert.deepEqual(await shown("j1"), ["j1", "Running", true, false]);
  assert.deepEqual(await shown("j1/children"), ["clean", "Queued", false, false]);
  advance(PACE.stepMs / 4);
  assert.deepEqual(await shown("j1/children"), ["clean", "Running", true, false]);
  advance(PACE.stepMs * 7 / 4);
  assert.deepEqual(await shown("j1/children"), ["clean", "Completed", true, true]);
  assert.deepEqual(await shown("j1"), ["j1", "Completed", true, true]);
});

Deno.test("emulator finds the run of a step only in the job's own workspace, also by the id of its experiment", async () => {
  const { emulator, recording, advance } = await world({
    seed: { workspaces: [WORKSPACE, { ...WORKSPACE, name: "other" }] },
  });
  await putJob(emulator, "j1", recording.job);
  advance(60_000);
  const { value: [{ runId, experimentId }] } = await history(emulator, "j1/children");
  const statusOf = async (path: string) => {
    const headers = { authorization: `Bearer ${emulator.issueToken("https://management.azure.com")}` };
    const url = `https://eastus.api.azureml.ms/history/v1.0${path}`;
    const answer = await emulator.fetch(new Request(url, { headers }));
    await answer.body?.cancel();
    return answer.status;
  };
  assert.equal(await statusOf(`${WORKSPACE_ID}/runs/${runId}`), 200);
  assert.equal(await statusOf(`${WORKSPACE_ID}/experiments/any/runs/${runId}`), 200);
  assert.equal(await statusOf(`${WORKSPACE_ID}/experimentids/${experimentId}/runs/${runId}`), 200);
  assert.equal(await statusOf(`${WORKSPACE_ID.replace(/[^/]+$/, "other")}/runs/${runId}`), 404);
});

Deno.test("emulator has the address of each service of a region in its discovery document", async () => {
  const { emulator } = tinyEmulator();
  const answer = await emulator.fetch(new Request("https://eastus.api.azureml.ms/discovery"));
  const services = [
    "api",
    "catalog",
    "experimentation",
    "history",
    "hyperdrive",
    "modelmanagement",
    "pipelines",
  ];
  assert.deepEqual(await answer.json(), {
    ...Object.fromEntries(services.map((name) => [name, "https://eastus.api.azureml.ms"])),
    studio: "https://ml.azure.com",
  });
});

Deno.test("emulator returns the run of a step as a job without properties", async () => {
  const { emulator, recording, advance } = await world({ pace: PACE });
  await putJob(emulator, "j1", recording.job);
  advance(4000);
  const { value } = await history(emulator, "j1/children");
  const { status, body } = await ask(emulator, "GET", `jobs/${value[0].runId}`);
  assert.equal(status, 200);
  assert.equal(value[0].target, "cpu-cluster");
  assert.deepEqual(Object.keys(body), ["id", "name", "type", "systemData"]);
  assert.equal((await history(emulator, "gone/details")).httpStatus, 404);
});

Deno.test("emulator filters jobs by view, type, tag and schedule, and lists the newest first", async () => {
  const { emulator, recording } = await world({ pace: PACE });
  const put = async (name: string, changed: Loose) => {
    const job = structuredClone(recording.job);
    Object.assign(job.properties, changed);
    const { status, body } = await putJob(emulator, name, job);
    assert.ok(status < 300, JSON.stringify(body));
  };
  await put("plain", {});
  await put("tagged", { tags: { team: "a=b", nightly: "" } });
  await put("archived", { isArchived: true });
  const names = async (query: string) => {
    const { body } = await ask(emulator, "GET", "jobs", { query: `api-version=2024-04-01${query}` });
    return body.value.map(({ name }: Loose) => name);
  };
  assert.deepEqual(await names(""), ["tagged", "plain"]);
  assert.deepEqual(await names("&listViewType=All"), ["archived", "tagged", "plain"]);
  assert.deepEqual(await names("&listViewType=ArchivedOnly"), ["archived"]);
  assert.deepEqual(await names("&jobType=Pipeline"), ["tagged", "plain"]);
  assert.deepEqual(await names("&jobType=Command"), []);
  for (
    const [tag, found] of [["team", 1], ["team=a=b", 1], ["team=a", 0], ["nightly=", 1], ["b", 0]] as const
  ) {
    assert.deepEqual(await names(`&tag=${encodeURIComponent(tag)}`), found === 1 ? ["tagged"] : [], tag);
  }
  assert.deepEqual(await names("&scheduleId=none"), []);
});

Deno.test("emulator rejects unknown operations and unsupported methods of run history", async () => {
  const { emulator, recording } = await world({ pace: PACE });
  await putJob(emulator, "j1", recording.job);
  const answerTo = async (method: string, path: string) => {
    const authorization = `Bearer ${emulator.issueToken("https://management.azure.com")}`;
    const url = `https://eastus.api.azureml.ms/history/v1.0${WORKSPACE_ID}/${path}`;
    const answer = await emulator.fetch(new Request(url, { method, headers: { authorization } }));
    const { error } = await answer.json();
    return [answer.status, error?.message];
  };
  for (const path of ["runs", "metrics", "metrics/j1", "runs/j1/metrics"]) {
    assert.deepEqual(await answerTo("GET", path), [404, `This emulator has no operation ${path}`]);
  }
  assert.equal((await answerTo("PUT", "runs/j1"))[0], 405);
  assert.deepEqual(await answerTo("GET", "runs/j1"), [200, undefined]);
});

/** What Azure ML returns for command jobs, by the api-version of the request. */
const COMMAND_JOBS = {
  "2024-01-01-preview": {
    resources: { maxInstanceCount: null, locations: null },
    queueSettings: { jobTier: "Null", priority: null },
    input: { description: null, mode: "ReadOnlyMount", pathOnCompute: null },
    output: {
      ...{ description: null, mode: "ReadWriteMount", assetName: null, assetVersion: null },
      ...{ pathOnCompute: null, autoDeleteSetting: null },
    },
    of: { secretsConfiguration: null, autologgerSettings: null },
  },
  "2025-01-01-preview": {
    resources: { dockerArgsList: null },
    queueSettings: { jobTier: "Null" },
    input: { description: null, mode: "ReadOnlyMount" },
    output: { description: null, mode: "ReadWriteMount", assetName: null },
    of: { parentJobName: null },
  },
};

for (const [version, expected] of Object.entries(COMMAND_JOBS)) {
  Deno.test(`emulator returns a command job with the defaults of api-version ${version}`, async () => {
    const { emulator } = await world();
    const data = { jobInputType: "uri_folder", uri: "azureml://datastores/d/paths/x" };
    const rate = { jobInputType: "literal", value: "1" };
    const model = { jobOutputType: "uri_folder" };
    const sent = {
      ...{ jobType: "Command", command: "echo 1", computeId: `${WORKSPACE_ID}/computes/cpu-cluster` },
      environmentId: `${WORKSPACE_ID}/environments/kedro-env/versions/12`,
      properties: { mine: "1" },
    };
    const body = { properties: { ...sent, inputs: { data, rate }, outputs: { model } } };
    const answer = await putJob(emulator, "one", body, { query: `api-version=${version}` });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    const { status, services: _, ...properties } = answer.body.properties;
    assert.equal(status, "Starting");
    const uri = "azureml://datastores/workspaceartifactstore/ExperimentRun/dcid.one";
    assert.deepEqual(properties, {
      ...{
        description: null,
        tags: {},
        displayName: null,
        isArchived: false,
        identity: null,
        componentId: null,
      },
      ...{ notificationSetting: null, codeId: null, distribution: null, limits: null, parameters: {} },
      environmentVariables: {},
      experimentName: "Default",
      ...expected.of,
      ...sent,
      properties: {
        ...sent.properties,
        "_azureml.ComputeTargetType": "amlctrain",
        "_azureml.ClusterName": "cpu-cluster",
      },
      resources: {
        ...{ instanceCount: 1, instanceType: null, properties: null, shmSize: "2g", dockerArgs: null },
        ...expected.resources,
      },
      queueSettings: expected.queueSettings,
      inputs: { data: { ...expected.input, ...data }, rate: { description: null, ...rate } },
      outputs: {
        model: { ...expected.output, uri: null, ...model },
        default: { ...expected.output, uri, jobOutputType: "uri_folder" },
      },
    });
  });
}

Deno.test("emulator completes a job whose compute is unset, null, empty or serverless", async () => {
  for (const computeId of [undefined, null, "", "serverless"]) {
    const { emulator, recording, advance } = await world();
    const { properties } = recording.job;
    delete properties.settings.default_compute;
    for (const node of Object.values<Loose>(properties.jobs)) delete node.computeId;
    properties.computeId = computeId;
    properties.experimentName = "a".repeat(256);
    assert.equal((await putJob(emulator, "j1", recording.job)).status, 201);
    advance(60_000);
    assert.equal(emulator.jobStatus("j1"), "Completed", String(computeId));
  }
});

Deno.test("emulator accepts a job without steps if it names an earlier job as its source", async () => {
  const { emulator } = await world();
  const sourceJobId = `${WORKSPACE_ID}/jobs/j0`;
  const body = { properties: { jobType: "Pipeline", sourceJobId, jobs: {} } };
  assert.equal((await putJob(emulator, "j1", body)).status, 201);
});

for (const type of ["string", "integer", "number", "boolean"]) {
  Deno.test(`emulator accepts a literal for an input of type ${type}, and rejects data`, async () => {
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

const COMMAND = {
  ...{ jobType: "Command", command: "echo 1", description: null },
  environmentId: `${WORKSPACE_ID}/environments/kedro-env/versions/12`,
};

Deno.test("emulator requires no Azure ML token for a command job, and rejects a changed command", async () => {
  const { emulator } = await world();
  const put = async (change: Loose) => {
    const body = { properties: { ...COMMAND, ...change } };
    return (await putJob(emulator, "j1", body, { body, headers: {} })).status;
  };
  assert.deepEqual(
    [
      await put({}),
      await put({}),
      await put({ displayName: "One", tags: { a: "1" } }),
      await put({ limits: null }),
      await put({ parentJobName: null }),
    ],
    [201, 200, 200, 200, 200],
  );
  assert.equal(await put({ command: "echo 2" }), 409);
  assert.equal((await ask(emulator, "GET", "jobs/j1")).body.properties.displayName, "One");
});

Deno.test("emulator explains why it rejects an Azure ML token", async () => {
  const { emulator, recording } = await world();
  const refusal = async (headers: Record<string, string>) =>
    (await putJob(emulator, "j1", recording.job, { body: recording.job, headers })).body.error.message;
  assert.match(await refusal({}), /^A pipeline job needs the header x-azureml-token/);
  assert.match(
    await refusal({ "x-azureml-token": "e30.e30.e30" }),
    /^The token in x-azureml-token is not one/,
  );
});

for (
  const [what, name] of [["key", "clean"], ["display name", "apac.clean"], ["node", "apac.filter"]] as const
) {
  Deno.test(`emulator fails a step that failingSteps names by its ${what}`, async () => {
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

Deno.test("emulator reports steps in failingSteps that a job does not have", async () => {
  const notices: string[] = [];
  const { emulator, recording } = await world({
    outcome: { failingSteps: { clean: "no", gone: "no" } },
    onNotice: (text) => notices.push(text),
  });
  await putJob(emulator, "j1", recording.job);
  assert.deepEqual(notices, ['Job j1 has no step "gone" to fail; its steps are clean, count']);
});

Deno.test("emulator's run history sets x-ms-response-type, and requires a token and a known workspace", async () => {
  const { emulator, recording } = await world();
  await putJob(emulator, "j1", recording.job);
  const get = async (path: string, token = emulator.issueToken("https://management.azure.com")) => {
    const { status, headers } = await emulator.fetch(
      new Request(`https://eastus.api.azureml.ms/history/v1.0${path}`, {
        headers: { authorization: `Bearer ${token}` },
      }),
    );
    return [status, headers.get("x-ms-response-type")];
  };
  const path = `${WORKSPACE_ID}/runs/j1`;
  assert.deepEqual(await get(path), [200, "standard"]);
  assert.deepEqual(await get(path, "other"), [401, null]);
  assert.deepEqual(await get(path.replace(/workspaces\/[^/]+/, "workspaces/other")), [404, null]);
  assert.deepEqual(await get(`${path}/other`), [404, null]);
});
