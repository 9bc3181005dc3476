import { relative, resolve, sep } from "node:path";
import { exclusionsWithConf } from "../../azureml/job/code/exclusions.ts";
import { hashCode, selectCode } from "../../azureml/job/code/select.ts";
import type { Places } from "../../config/azureml_yml.ts";
import { patternsOf } from "../../config/conf_files.ts";
import { folderOf } from "../../config/conf_folders.ts";
import type { LoadOptions } from "../../config/load_layers.ts";
import { onceEach } from "../../core/async.ts";
import { type Place, UserError, withPlace } from "../../core/errors.ts";
import { leadsInto } from "../../core/files.ts";
import { isOutside, shellWord } from "../../core/untrusted.ts";
import type { AppContext } from "../context.ts";

/**
 * Opens the code of a project. The folders of its configuration are uploaded even if empty, because Kedro needs them.
 *
 * @throws {UserError} `code.outside` from the returned functions.
 */
export function openProjectCode(
  { fs, clock, report }: Pick<AppContext, "fs" | "clock"> & Partial<Pick<AppContext, "report">>,
  { root, env, settings, outside = [] }: Pick<LoadOptions, "root" | "env" | "settings" | "outside">,
  place: Places,
) {
  const conf = ["", settings.base_env ?? "", env].map((name) => folderOf({ root, settings }, name).path);
  const select = onceEach(async (directory: string) => {
    const folder = resolve(root, directory);
    await refuseOutside(fs, {
      root,
      folder,
      allowed: outside,
      place: place(["execution", "code_directory"]),
    });
    const [top, ...folders] = conf.map((path) => relative(folder, path).replaceAll(sep, "/"));
    const options = {
      exclusions: exclusionsWithConf(top!, patternsOf("credentials", settings)),
      keepFolders: folders.filter((path) => path !== "" && !isOutside(path)),
      outside,
      now: clock.now(),
    };
    return await selectCode(fs, folder, options).catch((thrown) => {
      throw thrown instanceof UserError ? withPlace(thrown, place(["execution", "code_directory"])) : thrown;
    });
  });
  return {
    select,
    code: onceEach(async (directory: string) => {
      const selection = await select(directory);
      const prepared = await hashCode(fs, resolve(root, directory), selection);
      for (const warning of prepared.warnings) {
        if (!selection.warnings.includes(warning)) await report?.({ type: "warnings", warnings: [warning] });
      }
      return prepared;
    }),
  };
}

/**
 * Rejects code folders outside the project. When someone else's branch is submitted, it could otherwise name any
 * folder that this machine's user can read, such as the one with their keys.
 */
async function refuseOutside(
  fs: AppContext["fs"],
  { root, folder, allowed, place }: {
    readonly root: string;
    readonly folder: string;
    readonly allowed: readonly string[];
    readonly place: Place | undefined;
  },
): Promise<void> {
  if (await leadsInto(fs, { root, outside: allowed }, folder)) return;
  const real = await fs.realPath(folder) ?? folder;
  throw new UserError(`The code folder "${real}" is outside the project, and is not uploaded`, {
    // code.outside: `execution.code_directory` is outside the project. Allow it with `--allow-outside`, or
    //   change it.
    code: "code.outside",
    hint:
      `Set \`execution.code_directory\` to a folder of the project, or allow this one with \`--allow-outside ${
        shellWord(real)
      }\``,
    place,
  });
}
