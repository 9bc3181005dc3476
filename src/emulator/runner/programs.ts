import type { Context } from "../../core/context.ts";

/** The parts of a Context that running steps needs. */
export type StepMachine = Pick<Context, "exec" | "fs" | "clock" | "random">;

/**
 * Runs a program that prepares the files of a step.
 *
 * @throws {Error} with the program's error output if it fails.
 */
export async function runTool({ exec }: StepMachine, program: string, ...args: string[]): Promise<void> {
  const { status, stderr, found } = await exec(program, args);
  if (status === 0) return;
  throw new Error(found ? `${program} failed: ${stderr.trim()}` : `The program ${program} is missing`);
}

/** Creates folders that only this user can read. */
export async function makeFolders(machine: StepMachine, ...folders: string[]): Promise<void> {
  await runTool(machine, "mkdir", "-p", "-m", "700", "--", ...folders);
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
