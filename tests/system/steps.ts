import type { Emulator } from "../fakes/emulator.ts";
import { openJournal } from "../../src/emulator/state/journal.ts";
import type { RunnerOptions } from "../../src/emulator/runner/runner.ts";
import type { Outcome } from "../../src/emulator/state/options.ts";
import { exec } from "../../src/system/exec.ts";
import { systemFs } from "../../src/system/fs.ts";
import { createClient, ID } from "../emulator/two_steps.ts";
import { REAL_CLOCK } from "./served.ts";

/** A step of a job; by default it only has an output `out`. */
export interface TestStep {
  readonly command: string;
  /** `STEP.OUTPUT`, `azureml:NAME:VERSION` or a literal, by the input's name. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly outputType?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeout?: string;
  /** More properties of the step in the job. */
  readonly node?: Readonly<Record<string, unknown>>;
}

/** Options of a world that runs steps. */
export interface StepsOptions extends Partial<Omit<RunnerOptions, "folder">> {
  /** The uploaded code, by path. */
  readonly code?: Readonly<Record<string, string>>;
  readonly outcome?: Outcome;
  /** More properties of the job. */
  readonly job?: Readonly<Record<string, unknown>>;
  /** Whether the emulator stores its state in the folder. */
  readonly state?: boolean;
  /** Prefix of the folder's name. */
  readonly folderName?: string;
}

/** A job that runs on this machine in its own folder. */
export interface RunningJob {
  readonly emulator: Emulator;
  readonly folder: string;
  readonly client: ReturnType<typeof createClient>;
  /** Stops the emulator and its steps, and starts another one with the same state. */
  restart(): Promise<void>;
  /** Waits until the job has the status. */
  until(status: string): Promise<void>;
  /** Returns the run of each step, by name. */
  steps(): Promise<Record<string, { status: string; error?: { error: { message: string } } }>>;
  /** Returns a step's log. */
  log(step: string, file?: string): Promise<string>;
  /** Reads a file in a step's folder. */
  read(step: string, path: string): Promise<string>;
}

/** Submits a job of these steps, and calls `use` while it runs. */
export async function withSteps(
  steps: Readonly<Record<string, TestStep>>,
  options: StepsOptions,
  use: (job: RunningJob) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: options.folderName ?? "" }));
  const { code = {}, outcome = {}, job = {}, state = false, folderName: _, ...run } = options;
  const random = { uuid: () => crypto.randomUUID(), number: () => Math.random() };
  const machine = { exec, fs: systemFs, clock: REAL_CLOCK, random };
  const open = async () => {
    const journal = state ? await openJournal({ fs: systemFs, folder }, "https://127.0.0.1:4711") : undefined;
    return createClient({
      clock: REAL_CLOCK,
      random,
      outcome,
      pace: { prepareMs: 0, stepMs: 0, parallelSteps: 9, cancelMs: 0 },
      disk: { fs: systemFs, folder },
      run: { parallelSteps: 4, ...run, folder, machine },
      ...(journal && { maps: journal.maps, flush: journal.flush }),
    });
  };
  let client = await open();
  try {
    const codeId = await uploadCode(client, { "a.txt": "uploaded", ...code });
    for (const [key, step] of Object.entries(steps)) await register(client, key, step, codeId);
    const body = {
      properties: {
        jobType: "Pipeline",
        experimentName: "exp",
        jobs: Object.fromEntries(Object.entries(steps).map(([key, step]) => [key, node(key, step)])),
        ...job,
      },
    };
    const { status, body: answer } = await client.ask("PUT", `${ID}/jobs/j1`, { body });
    if (status !== 201) throw new Error(JSON.stringify(answer));
    const restart = async () => {
      await client.emulator.close();
      client = await open();
    };
    await use(running(() => client, folder, restart));
  } finally {
    await client.emulator.close();
    await exec("chmod", ["-R", "u+rwX", folder]);
    await Deno.remove(folder, { recursive: true });
  }
}

function running(
  client: () => ReturnType<typeof createClient>,
  folder: string,
  restart: () => Promise<void>,
): RunningJob {
  return {
    get emulator() {
      return client().emulator;
    },
    get client() {
      return client();
    },
    folder,
    restart,
    async until(status) {
      for (;;) {
        const now = client().emulator.jobStatus("j1");
        if (now === status) return;
        if (["Completed", "Failed", "Canceled"].includes(String(now))) {
          throw new Error(`The job is ${now}, not ${status}: ${JSON.stringify(await this.steps())}`);
        }
        await REAL_CLOCK.sleep(10);
      }
    },
    async steps() {
      const { body } = await client().ask(
        "GET",
        `https://eastus.api.azureml.ms/history/v1.0${ID}/experiments/exp/runs/j1/children`,
      );
      return Object.fromEntries(body.value.map((run: { displayName: string }) => [run.displayName, run]));
    },
    log: (step, file = "std_log.txt") =>
      Deno.readTextFile(`${folder}/runs/j1/${step}/logs/user_logs/${file}`),
    read: (step, path) => Deno.readTextFile(`${folder}/runs/j1/${step}/${path}`),
  };
}

async function uploadCode(
  { emulator, ask }: ReturnType<typeof createClient>,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const id = `${ID}/codes/c/versions/1`;
  const upload = await ask("POST", `${id}/startPendingUpload`, {
    body: { pendingUploadType: "TemporaryBlobReference" },
    version: "2023-04-01",
  });
  const { blobUri, credential } = upload.body.blobReferenceForConsumption;
  const [address, sas] = credential.sasUri.split("?");
  for (const [path, body] of Object.entries(files)) {
    const put = { method: "PUT", headers: { "x-ms-blob-type": "BlockBlob" }, body };
    await emulator.fetch(new Request(`${address}/code/${path}?${sas}`, put));
  }
  await ask("PUT", id, { body: { properties: { codeUri: `${blobUri}/code` } }, version: "2023-04-01" });
  return id;
}

async function register(
  { ask }: ReturnType<typeof createClient>,
  key: string,
  { command, inputs = {}, outputType = "uri_folder" }: TestStep,
  codeId: string,
): Promise<void> {
  const componentSpec = {
    type: "command",
    command,
    code: `azureml:${codeId}`,
    environment: `azureml:${ID}/environments/env/versions/3`,
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, from]) => [name, { type: typeOf(from) }]),
    ),
    outputs: { out: { type: outputType } },
  };
  const body = { properties: { isAnonymous: true, componentSpec } };
  const { status, body: answer } = await ask("PUT", `${ID}/components/c/versions/${key}`, { body });
  if (status !== 201) throw new Error(JSON.stringify(answer));
}

function typeOf(from: string): string {
  if (from.startsWith("azureml:")) return from.endsWith("file:1") ? "uri_file" : "uri_folder";
  return /^\w+\.\w+$/.test(from) ? "uri_folder" : "string";
}

function node(key: string, { inputs = {}, outputType = "uri_folder", env, timeout, node = {} }: TestStep) {
  return {
    name: key,
    type: "command",
    componentId: `${ID}/components/c/versions/${key}`,
    computeId: `${ID}/computes/cpu`,
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, from]) => [name, input(from)])),
    outputs: { out: { job_output_type: outputType } },
    ...(env && { environment_variables: env }),
    ...(timeout && { limits: { timeout, job_limits_type: "Command" } }),
    ...node,
  };
}

function input(from: string) {
  if (from.startsWith("azureml:")) return { job_input_type: typeOf(from), uri: from };
  const [step, output] = /^\w+\.\w+$/.test(from) ? from.split(".") : [];
  const value = step === undefined ? from : `\${{parent.jobs.${step}.outputs.${output}}}`;
  return { job_input_type: "literal", value };
}
