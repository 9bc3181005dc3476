import type { ExecOptions, Exit } from "../../../src/core/context.ts";
import type { RunnerOptions } from "../../../src/emulator/runner/runner.ts";
import type { CreateOptions } from "../../fakes/emulator.ts";
import { exited, fakeContext } from "../../fakes/context.ts";
import { createClient, ID } from "../two_steps.ts";

export const FOLDER = "/steps";
const DONE: Exit = exited();

/** A call of bash for one rank of a step. */
export interface Ran {
  /** All words after `bash`. */
  readonly args: readonly string[];
  /** Name of the step's folder. */
  readonly step: string;
  /** The command, with the paths of inputs and outputs. */
  readonly line: string;
  readonly options: ExecOptions;
  /** Writes a file in the step's folder. */
  readonly write: (path: string, text: string) => Promise<void>;
}

/** How a fake machine answers. */
export interface Machine {
  /** Runs a step's command (default: it writes a file to its output `out`). */
  readonly step?: (ran: Ran) => Promise<Partial<Exit> | void>;
  /** The end of the Python that prepares MLflow (default: there is no Python). */
  readonly python?: Partial<Exit>;
}

/** Writes a file to the output `out`, which later steps can then read. */
export const writeOutput = ({ write }: Ran): Promise<void> => write("outputs/out/x.txt", "1");

/**
 * Creates an emulator that runs steps on a machine in memory, which calls `step` in place of bash. Nothing is mounted
 * or copied there.
 */
export function createMachine(
  { step = writeOutput, python }: Machine = {},
  options: CreateOptions = {},
  run: Partial<RunnerOptions> = {},
) {
  const ctx = fakeContext();
  const programs: string[] = [];
  const ran: Ran[] = [];
  const exec = async (program: string, args: readonly string[], options: ExecOptions = {}): Promise<Exit> => {
    if (program === "env") return { ...DONE, ...(python ?? { status: 127, found: false }) };
    if (program !== "bash") {
      programs.push([program, ...args].join(" "));
      return DONE;
    }
    const folder = options.cwd!.replace(/\/wd$/, "");
    const write = (path: string, text: string) => ctx.fs.writeText(`${folder}/${path}`, text);
    const one = { step: folder.split("/").at(-1)!, line: args[3]!, args, options, write };
    ran.push(one);
    return { ...DONE, ...await step(one) };
  };
  const machine = { exec, fs: ctx.fs, clock: ctx.clock, random: ctx.random };
  const notices: string[] = [];
  const client = createClient({
    clock: ctx.clock,
    random: ctx.random,
    pace: { prepareMs: 0 },
    disk: { fs: ctx.fs, folder: FOLDER },
    onNotice: (message) => void notices.push(message),
    ...options,
    run: { parallelSteps: 4, folder: FOLDER, machine, ...run },
  });
  return { ...client, ctx, programs, ran, notices };
}

/** Waits until a job has ended, and returns its status and that of each step. */
export async function ended({ emulator, ask }: ReturnType<typeof createMachine>, name = "j1") {
  while (!["Completed", "Failed", "Canceled"].includes(String(emulator.jobStatus(name)))) {
    await new Promise((resolve) => setTimeout(resolve));
  }
  const url = `https://eastus.api.azureml.ms/history/v1.0${ID}/experiments/exp/runs/${name}/children`;
  const { body } = await ask("GET", url);
  const steps = new Map<string, { readonly status: string; readonly error?: string }>(
    body.value.map((
      { displayName, status, error }: {
        readonly displayName: string;
        readonly status: string;
        readonly error?: { readonly error: { readonly message: string } };
      },
    ) => [displayName, { status, ...(error && { error: error.error.message.trim() }) }]),
  );
  return { status: emulator.jobStatus(name), steps: Object.fromEntries(steps) };
}
