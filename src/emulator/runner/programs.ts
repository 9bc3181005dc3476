import type { Context } from "../../core/context.ts";

/** What running steps takes from the outside. */
export type StepMachine = Pick<Context, "exec" | "fs" | "clock" | "random">;

/**
 * Runs a program that arranges the files of a step.
 *
 * @throws {Error} with what the program printed, when it fails.
 */
export async function runTool({ exec }: StepMachine, program: string, ...args: string[]): Promise<void> {
  const { status, stderr, found } = await exec(program, args);
  if (status === 0) return;
  throw new Error(found ? `${program} failed: ${stderr.trim()}` : `The program ${program} is missing`);
}

/** Makes folders that only this user can read. */
export async function makeFolders(machine: StepMachine, ...folders: string[]): Promise<void> {
  await runTool(machine, "mkdir", "-p", "-m", "700", "--", ...folders);
}

/** Copies what is in a folder, or a file, with what links in it lead to. */
export async function copyTree(machine: StepMachine, from: string, to: string): Promise<void> {
  await runTool(machine, "cp", "-RL", "--", from, to);
}

/** Takes away the permission to change a folder and what is in it, as of a read-only mount. */
export async function makeReadOnly(machine: StepMachine, path: string): Promise<void> {
  await runTool(machine, "chmod", "-R", "a-w", "--", path);
}

/** Removes a folder with all that is in it, read-only or not; does nothing when it is not there. */
export async function removeTree(machine: StepMachine, path: string): Promise<void> {
  if (await machine.fs.stat(path) === undefined) return;
  await runTool(machine, "chmod", "-R", "u+rwX", "--", path);
  await runTool(machine, "rm", "-rf", "--", path);
}
