import type { Context } from "../../core/context.ts";
import { PRIVATE_FILE } from "../../core/files.ts";
import { isPlainWord } from "../../core/untrusted.ts";

export type StepMachine = Pick<Context, "exec" | "fs" | "clock" | "random">;

/** Runs a program that prepares a step's files. @throws {Error} with its error output if it fails. */
export async function runTool({ exec }: StepMachine, program: string, ...args: string[]): Promise<void> {
  const { status, stderr, found } = await exec(program, args);
  if (status === 0) return;
  throw new Error(found ? `${program} failed: ${stderr.trim()}` : `The program ${program} is missing`);
}

/** Creates folders that only this user can read. */
export async function makeFolders(machine: StepMachine, ...folders: string[]): Promise<void> {
  await runTool(machine, "mkdir", "-p", "-m", "700", "--", ...folders);
}

/**
 * Creates a folder with a random name in one that others may write to. No program does it: others see the names on its
 * command line, and may be faster.
 */
export async function makeOwnFolder({ fs }: Pick<StepMachine, "fs">, folder: string): Promise<void> {
  await fs.writeText(`${folder}/.own`, "", PRIVATE_FILE);
}

/** Copies a folder's content, or a file; links are replaced by their targets. */
export async function copyTree(machine: StepMachine, from: string, to: string): Promise<void> {
  await runTool(machine, "cp", "-RL", "--", from, to);
}

/** Removes write permission from a folder and everything in it, as in a read-only mount. */
export async function makeReadOnly(machine: StepMachine, path: string): Promise<void> {
  await runTool(machine, "chmod", "-R", "a-w", "--", path);
}

/** Removes a folder and everything in it, even if read-only; does nothing if it does not exist. */
export async function removeTree(machine: StepMachine, path: string): Promise<void> {
  if (await machine.fs.stat(path) === undefined) return;
  await runTool(machine, "chmod", "-R", "u+rwX", "--", path);
  await runTool(machine, "rm", "-rf", "--", path);
}

/**
 * A shell function that prints the ids of the processes of a run, which have its `AZUREML_RUN_ID`. It also finds those
 * that left the process group, such as daemons, but only on Linux.
 */
export const LEFTOVERS = `leftovers() {
  grep -lszxF -- "AZUREML_RUN_ID=$1" /proc/[0-9]*/environ | sed 's|^/proc/||; s|/environ$||'
}`;

/** Kills the processes that a step left running, as Azure ML does by removing the step's container. */
export async function stopLeftovers({ exec }: StepMachine, runId: string): Promise<void> {
  await exec("sh", [
    "-c",
    `${LEFTOVERS}\nfor pid in $(leftovers "$1"); do kill -KILL "$pid"; done`,
    "sh",
    runId,
  ]);
}

/**
 * Calls `use` with a path of a folder that needs no quotes in a shell: Azure ML puts paths into commands unquoted, and
 * its own never need quotes. The path is the folder's own, else a temporary link to it.
 *
 * @param folder Absolute path of a folder that exists.
 */
export async function withPlainPath<T>(
  machine: StepMachine,
  folder: string,
  use: (plain: string) => Promise<T>,
): Promise<T> {
  if (isPlainWord(folder)) return await use(folder);
  const own = `/tmp/kedro-azureml-step-${machine.random.uuid()}`;
  await makeOwnFolder(machine, own);
  try {
    await runTool(machine, "ln", "-s", "--", folder, `${own}/link`);
    return await use(`${own}/link`);
  } finally {
    await runTool(machine, "rm", "-rf", "--", own);
  }
}
