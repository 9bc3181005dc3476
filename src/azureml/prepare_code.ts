import { resolve } from "node:path";
import type { FileSystem } from "../context.ts";
import { ExitCode, UserError } from "../errors.ts";
import { type CodeSelection, selectCode } from "./code.ts";
import { codeHash } from "./hashes.ts";

/** The code of a job: which files, and their hash as azure-ai-ml computes it. */
export interface PreparedCode extends CodeSelection {
  readonly hash: string;
}

/**
 * Selects and hashes the code folder of a project.
 *
 * @param directory As `execution.code_directory` has it, relative to `root`.
 * @throws {UserError} `code.*` when there is no such folder, nothing in it to send, or a file that cannot be read.
 */
export async function prepareCode(fs: FileSystem, root: string, directory: string): Promise<PreparedCode> {
  const folder = resolve(root, directory);
  if ((await fs.stat(folder))?.kind !== "folder") {
    throw new UserError(`Cannot upload code folder "${directory}": there is no such folder`, {
      code: "code.no_folder",
      exit: ExitCode.Config,
      hint:
        "Change `execution.code_directory` in azureml.yml, or set it to null when the environment holds the code",
    });
  }
  const selection = await selectCode(fs, folder);
  return { ...selection, hash: await codeHash(fs, selection.files) };
}
