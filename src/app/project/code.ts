import { relative, resolve, sep } from "node:path";
import { exclusionsWithConf } from "../../azureml/job/code/exclusions.ts";
import { hashCode, type PreparedCode, selectCode } from "../../azureml/job/code/select.ts";
import type { CodeSelection } from "../../azureml/job/code/selection.ts";
import { folderOf } from "../../config/layers/folders.ts";
import type { LoadOptions } from "../../config/layers/layers.ts";
import type { Places } from "../../config/azureml/load.ts";
import type { AppContext } from "../context.ts";
import { type Place, UserError, withPlace } from "../../core/errors.ts";
import { onceEach } from "../../core/async.ts";
import { isBelow } from "../../core/path_names.ts";

/** The code of a project's jobs, by the value of `code_directory`. */
export interface ProjectCode {
  /** Selects the files to upload; each folder is read once. */
  readonly select: (directory: string) => Promise<CodeSelection>;
  /** Selects and hashes the files; each folder is hashed once. */
  readonly code: (directory: string) => Promise<PreparedCode>;
}

/**
 * Opens the code of a project. The folders of its configuration are uploaded even if empty, because Kedro needs them.
 *
 * @throws {UserError} `code.outside` from the returned functions.
 */
export function openProjectCode(
  { fs, clock, report }: Pick<AppContext, "fs" | "clock"> & Partial<Pick<AppContext, "report">>,
  { root, env, settings, outside = [] }: Pick<LoadOptions, "root" | "env" | "settings" | "outside">,
  place: Places,
): ProjectCode {
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
      exclusions: exclusionsWithConf(top!),
      keepFolders: folders.filter((path) => path !== "" && !path.startsWith("..")),
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
        if (!selection.warnings.includes(warning)) await report?.({ type: "warning", warning });
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
  const [top, real, ...others] = await Promise.all(
    [root, folder, ...allowed].map(async (path) => await fs.realPath(path) ?? path),
  );
  if (isBelow(top!, real!) || others.some((other) => isBelow(other, real!))) return;
  throw new UserError(`The code folder "${real}" is outside the project, and is not uploaded`, {
    code: "code.outside",
    hint:
      `Set \`execution.code_directory\` to a folder of the project, or allow this one with \`--allow-outside ${real}\``,
    place,
  });
}
