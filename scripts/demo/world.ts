/**
 * What the demo and the picture in README.md share: an emulator in a process of its own, and commands that use it.
 */

import { firstLine } from "../shared/run_program.ts";

/** The project that is submitted. */
export const PROJECT = "examples/bikes";
/** Where the emulator writes its certificate. */
const FOLDER = ".demo";

/** What the emulator prints when it is ready. */
interface Ready {
  readonly origin: string;
  readonly env: Readonly<Record<string, string>>;
}

/** An emulator that runs. */
export interface DemoWorld {
  readonly origin: string;
  /** Starts the program with the emulator in place of Azure. */
  start(args: readonly string[], options?: Deno.CommandOptions): Deno.ChildProcess;
}

/** Starts an emulator, calls `use`, and stops the emulator. @param options Its project, and further arguments. */
export async function withEmulator<T>(
  use: (world: DemoWorld) => Promise<T>,
  { project = PROJECT, args = [] }: { readonly project?: string; readonly args?: readonly string[] } = {},
): Promise<T> {
  const env = cleanEnvironment();
  const caFile = `${Deno.cwd()}/${FOLDER}/ca.pem`;
  const emulator = program(["-C", project, "emulator", "--json", "--ca-file", caFile, ...args], {
    env,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
  });
  try {
    const ready: Ready = JSON.parse(await firstLine(emulator.stdout));
    return await use({
      origin: ready.origin,
      start: (args, options) => program(args, { env: { ...env, ...ready.env }, clearEnv: true, ...options }),
    });
  } finally {
    emulator.kill("SIGTERM");
    await emulator.status;
    await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
  }
}

/** Starts the program from its source. */
export function program(args: readonly string[], options: Deno.CommandOptions): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), { args: ["run", "-A", "main.ts", ...args], ...options }).spawn();
}

/** The environment of this machine without its Azure and Kedro variables. */
export function cleanEnvironment(): Record<string, string> {
  const kept = Object.entries(Deno.env.toObject()).filter(([name]) =>
    !/^(AZURE|ARM|AZUREML|KEDRO)_/.test(name)
  );
  return Object.fromEntries(kept);
}
