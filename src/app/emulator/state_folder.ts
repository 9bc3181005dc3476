import { PRIVATE_FILE } from "../../core/user_folders.ts";
import { join } from "node:path";
import { markOwnFolder } from "../../azureml/job/code/own_output.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { AppContext } from "../context.ts";
import { isServed } from "./explain_stopped.ts";

/** The state folder of an emulator, locked while the emulator runs. */
export interface StateFolder {
  /** Records the port, so that no other emulator uses the folder at the same time. */
  lock(port: number): Promise<void>;
  release(): Promise<void>;
}

/**
 * Opens a state folder for one emulator.
 *
 * @throws {UserError} `emulator.state_in_use` if another emulator is using it; `emulator.state` if it is a file.
 */
export async function openStateFolder(
  ctx: Omit<AppContext, "report">,
  folder: string,
): Promise<StateFolder> {
  if ((await ctx.fs.stat(folder))?.kind === "file") {
    throw new UserError(`Cannot keep the state in "${folder}": it is a file`, {
      code: "emulator.state",
      exit: ExitCode.Usage,
      hint: "Use `--state` with a folder",
    });
  }
  const file = join(folder, "lock");
  const port = await ctx.fs.stat(file) === undefined ? NaN : Number(await ctx.fs.readText(file));
  if (Number.isInteger(port) && await isServed(ctx, `https://127.0.0.1:${port}`)) {
    throw new UserError(`The state in "${folder}" is used by an emulator on port ${port}`, {
      code: "emulator.state_in_use",
      exit: ExitCode.Usage,
      hint: `Stop that emulator, or choose another folder with \`--state\`; if none runs, remove ${file}`,
    });
  }
  await markOwnFolder(ctx.fs, folder);
  return {
    lock: (port) => ctx.fs.writeText(file, String(port), PRIVATE_FILE),
    release: () => ctx.fs.remove(file),
  };
}
