import { join } from "node:path";
import { markOwnFolder, OWN_FOLDER_MARK } from "../../azureml/job/code/own_output.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { AppContext } from "../context.ts";

/**
 * Creates the folder in which the steps' files are kept, marked so that it is not uploaded with the code.
 *
 * @param folder Absolute path.
 * @param typed The path as typed.
 * @throws {UserError} `rehearse.keep` if it is a file, or a folder with other files, such as the project.
 */
export async function openKeepFolder(
  { fs }: Pick<AppContext, "fs">,
  folder: string,
  typed: string,
): Promise<void> {
  const kind = (await fs.stat(folder))?.kind ?? "folder";
  if (kind !== "folder") throw keepError(`Cannot keep files in "${typed}": it is a file`);
  await markOwnFolder(fs, folder);
  if (await fs.stat(join(folder, OWN_FOLDER_MARK)) !== undefined) return;
  throw keepError(`Cannot keep files in "${typed}": the folder has other files`);
}

function keepError(message: string): UserError {
  return new UserError(message, {
    code: "rehearse.keep",
    exit: ExitCode.Usage,
    hint: "Use `--keep` with a new or empty folder",
  });
}
