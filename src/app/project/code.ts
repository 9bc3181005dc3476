import { relative, resolve, sep } from "node:path";
import { hashCode, type PreparedCode, selectCode } from "../../azureml/code/select.ts";
import { type CodeSelection } from "../../azureml/code/selection.ts";
import { folderOf } from "../../config/layers/folders.ts";
import type { LoadOptions } from "../../config/layers/layers.ts";
import type { Places } from "../../config/azureml/load.ts";
import type { Context } from "../../core/context.ts";
import { UserError, withPlace } from "../../core/errors.ts";
import { onceEach } from "../../core/once.ts";

/** The code that a project's jobs run, by the folder that `code_directory` names. */
export interface ProjectCode {
  /** What of it goes to Azure ML, selected once. */
  readonly select: (directory: string) => Promise<CodeSelection>;
  /** The same, and hashed once. */
  readonly code: (directory: string) => Promise<PreparedCode>;
}

/** Opens the code of a project; the folders of its configuration stay in the upload even where they are empty. */
export function openProjectCode(
  { fs }: Pick<Context, "fs">,
  { root, env, settings }: Pick<LoadOptions, "root" | "env" | "settings">,
  place: Places,
): ProjectCode {
  const conf = [settings.base_env ?? "", env].map((name) => folderOf({ root, settings }, name).path);
  const select = onceEach((directory: string) => {
    const folder = resolve(root, directory);
    const keepFolders = conf.map((path) => relative(folder, path).replaceAll(sep, "/"))
      .filter((path) => path !== "" && !path.startsWith(".."));
    return selectCode(fs, folder, { keepFolders }).catch((thrown) => {
      throw thrown instanceof UserError ? withPlace(thrown, place(["execution", "code_directory"])) : thrown;
    });
  });
  return {
    select,
    code: onceEach(async (directory: string) =>
      hashCode(fs, resolve(root, directory), await select(directory))
    ),
  };
}
