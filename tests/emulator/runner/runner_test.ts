import { deepEqual, equal, match } from "node:assert/strict";
import { memoryMaps } from "../../../src/emulator/state/records.ts";
import { component, ID, job, register, SEED } from "../two_steps.ts";
import { createMachine, ended, FOLDER, type Ran, writeOutput } from "./fake_machine.ts";

type Machine = ReturnType<typeof createMachine>;
type Loose = { jobs: Record<string, object>; settings?: unknown };

/** Submits the job of two steps, `b` after `a`, with changes. */
async function submit(machine: Machine, change: (properties: Loose) => void = () => {}): Promise<void> {
  await register(machine);
  const body = job();
  change(body.properties);
  const { status, body: answer } = await machine.ask("PUT", `${ID}/jobs/j1`, { body });
  equal(status, 201, JSON.stringify(answer));
}

/** Makes the steps independent of each other. */
function separate({ jobs }: Loose): void {
  const { b, a } = jobs as Record<string, { readonly componentId: string }>;
  jobs.b = { ...b!, componentId: a!.componentId, inputs: {} };
}

/** Registers a component that steps `a` use, with another command or other properties. */
async function change(machine: Machine, changed: Readonly<Record<string, unknown>>): Promise<string> {
  const body = component(false);
  Object.assign(body.properties.componentSpec, changed);
  const id = `${ID}/components/changed/versions/1`;
  equal((await machine.ask("PUT", id, { body })).status, 201);
  return id;
}

Deno.test("runner runs steps with the Python of the registered environment", async () => {
  const condaFile = "dependencies: [pip]";
  const seed = { ...SEED, environments: [{ ...SEED.environments[0]!, condaFile }] };
  const machine = createMachine({}, { seed }, {
    bin: "/usual",
    binOf: async (text) => `/made/${JSON.parse(text).dependencies}`,
  });
  await submit(machine);
  await ended(machine);
  deepEqual(machine.ran.map(({ options: { env } }) => env!.PATH!.split(":")[0]), ["/made/pip", "/made/pip"]);
});

Deno.test("runner fails a step in failingSteps without running it", async () => {
  const machine = createMachine({}, { outcome: { failingSteps: { a: "no" } } });
  await submit(machine, separate);
  const { status, steps } = await ended(machine);
  deepEqual([status, steps.a, steps.b!.status], ["Failed", { status: "Failed", error: "no" }, "Completed"]);
  deepEqual(machine.ran.map(({ step }) => step), ["b"]);
});

Deno.test("runner stores the outputs of a step as blobs", async () => {
  const machine = createMachine({
    async step(ran) {
      await writeOutput(ran);
      const usage = { peakBytes: ran.step === "a" ? 300 : 200, cpuMs: 70 };
      await ran.write("usage/std_log.txt", JSON.stringify(usage));
    },
  });
  await submit(machine);
  await ended(machine);
  const written = [...machine.emulator.blobs()].filter(([name]) => name.endsWith("/out/x.txt"));
  deepEqual(written.map(([, sizeBytes]) => sizeBytes), [1, 1]);
  const url = `https://eastus.api.azureml.ms/history/v1.0${ID}/experiments/exp/runs/j1/children`;
  const { body } = await machine.ask("GET", url);
  const used = body.value.map(({ properties }: { properties: Record<string, string> }) => [
    properties["kedro_azureml.peak_memory_bytes"],
    properties["kedro_azureml.cpu_ms"],
  ]);
  deepEqual(used.toSorted(), [["200", "70"], ["300", "70"]]);
});

Deno.test("runner kills leftover processes of a step without isolation", async () => {
  const isolation = { start: ["unshare", "--mount"], drop: ["setpriv"], visible: [] };
  for (const [run, kills] of [[{}, 2], [{ isolation }, 0]] as const) {
    const machine = createMachine({}, {}, run);
    await submit(machine);
    await ended(machine);
    const killed = machine.programs.filter((line) => line.includes("kill -KILL")).map((line) =>
      line.split(" ").at(-1)
    );
    deepEqual(killed, machine.ran.slice(0, kills).map(({ options }) => options.env!.AZUREML_RUN_ID));
  }
});

Deno.test("runner makes the inputs of an isolated step read-only", async () => {
  const isolation = { start: ["unshare", "--mount"], drop: ["setpriv"], visible: [] };
  const machine = createMachine({}, {}, { isolation });
  await submit(machine);
  await ended(machine);
  const folders = machine.ran.map(({ step, args }) => [step, args.slice(args.indexOf("--") + 1, -2)]);
  deepEqual(folders, [["a", []], ["b", [`${FOLDER}/runs/j1/a/outputs/out`]]]);
});

Deno.test("runner does not run later steps after a failed step", async () => {
  const machine = createMachine({ step: async () => ({ status: 3 }) });
  await submit(machine);
  const { status, steps } = await ended(machine);
  deepEqual([status, Object.keys(steps), steps.a!.status], ["Failed", ["a"], "Failed"]);
  match(steps.a!.error!, /exited with status code 3\. .*log file 'user_logs\/std_log\.txt'/);
  equal(machine.programs.some((line) => line.includes("a-w")), false);
});

Deno.test("runner does not run a command with an unknown input", async () => {
  const machine = createMachine();
  await register(machine);
  const componentId = await change(machine, { command: "x ${{inputs.no}} ${{outputs.nor}}" });
  await submit(machine, ({ jobs }) => Object.assign(jobs.a!, { componentId }));
  const { status, steps } = await ended(machine);
  deepEqual([status, machine.ran.length], ["Failed", 0]);
  equal(steps.a!.error, "The command uses inputs.no, outputs.nor, which the step does not have.");
});

Deno.test("runner fails a step with an empty input", async () => {
  const machine = createMachine({ step: async () => {} });
  await submit(machine);
  const { status, steps } = await ended(machine);
  deepEqual([status, steps.a!.status, steps.b!.status], ["Failed", "Completed", "Failed"]);
  match(steps.b!.error!, /^Cannot mount input 'in'\. .*NotFound.* wrote nothing to its output 'out'\.$/);
});

for (const parallelSteps of [0, 1, 2]) {
  Deno.test(`runner with parallelSteps ${parallelSteps} runs at most ${Math.max(1, parallelSteps)} of two steps at once`, async () => {
    let [now, most] = [0, 0];
    const step = async (ran: Ran) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve));
      await writeOutput(ran);
      now--;
    };
    const machine = createMachine({ step }, {}, { parallelSteps });
    await submit(machine, separate);
    equal((await ended(machine)).status, "Completed");
    deepEqual([most, machine.ran.length], [Math.max(1, parallelSteps), 2]);
  });
}

/** A step `a` that fails once `b` has started, which ends some turns later, or when it is stopped. */
function failWhileRunning() {
  const started = Promise.withResolvers<void>();
  return async ({ step, options }: Ran) => {
    if (step === "a") {
      await started.promise;
      return { status: 1 };
    }
    started.resolve();
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve));
    return { status: options.signal!.aborted ? 143 : 0 };
  };
}

for (const [continues, end] of [[true, "Completed"], [false, "Canceled"]] as const) {
  Deno.test(`runner with continue_on_step_failure ${continues} ends other steps as ${end}`, async () => {
    const machine = createMachine({ step: failWhileRunning() });
    await submit(machine, (properties) => {
      separate(properties);
      properties.settings = { continue_on_step_failure: continues };
    });
    const { status, steps } = await ended(machine);
    deepEqual([status, steps.a!.status, steps.b!.status], ["Failed", "Failed", end]);
  });
}

/** A step that runs until it is stopped, and a promise of its start. */
function stepUntilStopped() {
  const started = Promise.withResolvers<void>();
  const step = async ({ options }: Ran) => {
    const stopped = new Promise<void>((resolve) =>
      options.signal!.addEventListener("abort", () => resolve())
    );
    started.resolve();
    if (!options.signal!.aborted) await stopped;
    return { status: 143 };
  };
  return { step, started: started.promise };
}

Deno.test("runner does not run a waiting step of a canceled job", async () => {
  const { step, started } = stepUntilStopped();
  const machine = createMachine({ step }, {}, { parallelSteps: 1 });
  await submit(machine, separate);
  await started;
  await machine.ask("POST", `${ID}/jobs/j1/cancel`);
  const steps = { a: { status: "Canceled" }, b: { status: "Canceled" } };
  deepEqual(await ended(machine), { status: "Canceled", steps });
  equal(machine.ran.length, 1);
});

Deno.test("a job stays unfinished when the emulator stops", async () => {
  const { step, started } = stepUntilStopped();
  const machine = createMachine({ step }, {}, { parallelSteps: 1 });
  await submit(machine, separate);
  await started;
  await machine.emulator.close();
  deepEqual([machine.emulator.jobStatus("j1"), machine.ran.length], ["Running", 1]);
});

Deno.test("runner waits for running steps when the emulator stops", async () => {
  const started = Promise.withResolvers<void>();
  let hasEnded = false;
  const step = async (ran: Ran) => {
    if (ran.step === "a") return await writeOutput(ran);
    const stopped = new Promise<void>((resolve) =>
      ran.options.signal!.addEventListener("abort", () => resolve())
    );
    started.resolve();
    await stopped;
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve));
    hasEnded = true;
    return { status: 143 };
  };
  const maps = memoryMaps();
  const first = createMachine({ step }, { maps });
  await submit(first);
  await started.promise;
  await first.emulator.close();
  equal(hasEnded, true);
  const second = createMachine({}, { maps });
  await second.ctx.fs.writeText(`${FOLDER}/runs/j1/a/outputs/out/x.txt`, "1");
  deepEqual(await ended(second), {
    status: "Completed",
    steps: { a: { status: "Completed" }, b: { status: "Completed" } },
  });
  deepEqual(second.ran.map(({ step }) => step), ["b"]);
});

Deno.test("steps have MLflow's tracking variables if their Python has MLflow", async () => {
  const machine = createMachine({ python: { stdout: "7\n" } }, {}, { bin: "/venv/bin" });
  await submit(machine);
  await ended(machine);
  const { env } = machine.ran[0]!.options;
  match(env!.MLFLOW_TRACKING_URI!, /^sqlite:\/\/\/\/steps\//);
  deepEqual([env!.MLFLOW_EXPERIMENT_ID, env!.MLFLOW_EXPERIMENT_NAME], ["7", "exp"]);
  equal(env!.MLFLOW_RUN_ID, env!.AZUREML_RUN_ID);
  match(env!.PATH!, /^\/venv\/bin:\/usr/);
});

for (
  const [stderr, notice] of [
    ["OSError: disk full", "Steps cannot log to MLflow here: OSError: disk full"],
    [
      "ModuleNotFoundError: No module named 'sqlalchemy'",
      "Steps cannot log to MLflow here: ModuleNotFoundError: No module named 'sqlalchemy'; install mlflow instead of mlflow-skinny for it",
    ],
  ] as const
) {
  Deno.test(`runner reports that MLflow fails with ${stderr.split(":")[0]}`, async () => {
    const machine = createMachine({ python: { status: 1, stderr } });
    await submit(machine);
    equal((await ended(machine)).status, "Completed");
    deepEqual(machine.notices, [notice]);
    equal(machine.ran[0]!.options.env!.MLFLOW_RUN_ID, undefined);
  });
}
