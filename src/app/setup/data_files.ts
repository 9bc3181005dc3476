import { basename, dirname, join, relative } from "node:path";
import { isInVersionControl } from "../../azureml/job/code/exclusions.ts";
import type { CodeFile } from "../../azureml/job/code/file.ts";
import { isBelow } from "../../core/path_names.ts";
import { shellWord } from "../../core/text/shell_word.ts";
import { isShownIn, SECRET_FILE } from "../../kedro/own_paths.ts";
import type { Project } from "../../kedro/project.ts";
import type { AppContext } from "../context.ts";

/** An entry of a folder that is not uploaded. */
export interface LeftOutData {
  /** Relative to the folder. */
  readonly name: string;
  /** What it is, such as `a broken link`. */
  readonly reason: string;
  /** Where a link to outside leads. */
  readonly target?: string;
}

/** The files below a folder, and what is there and cannot be uploaded. */
export interface DataFiles {
  readonly files: readonly CodeFile[];
  readonly leftOut: readonly LeftOutData[];
}

/** A project, and the folders outside it that the user allows. */
type Owner = Pick<Project, "root" | "outside">;

/** @internal A folder that is being read, and the real paths of the links that led to it. */
interface Folder {
  readonly path: string;
  readonly name: string;
  readonly links: readonly string[];
}

/**
 * Finds the files below a folder of data. Links are followed, as azure-ai-ml does, if they lead into the folder, the
 * project or a folder that the user allows: in someone else's branch, a link could point to any file of this machine.
 *
 * @param folder Absolute path with all links resolved.
 */
export async function findDataFiles(
  { fs }: Pick<AppContext, "fs">,
  folder: string,
  { root, outside = [] }: Owner,
): Promise<DataFiles> {
  const [project = root, ...allowed] = await Promise.all([root, ...outside].map((path) => fs.realPath(path)));
  const follows = (real: string) =>
    isBelow(folder, real) || isShownIn(allowed, real) ||
    isBelow(project, real) && !isInVersionControl(relative(project, real).replaceAll("\\", "/"));
  const [files, leftOut]: [CodeFile[], LeftOutData[]] = [[], []];
  const visit = async ({ path: at, name: prefix, links }: Folder): Promise<void> => {
    for await (const { path, kind } of fs.walk(at, () => true)) {
      const name = `${prefix}${relative(at, path).replaceAll("\\", "/")}`;
      if (kind === "folder") continue;
      if (kind === "other") {
        leftOut.push({ name, reason: "not a regular file" });
        continue;
      }
      const real = kind === "link" ? await fs.realPath(path) : path;
      const stat = real === undefined ? undefined : await fs.stat(real);
      if (real === undefined || stat === undefined || stat.kind === "other") {
        leftOut.push({ name, reason: "a broken link" });
      } else if (kind === "link" && !follows(real)) {
        leftOut.push({ name, reason: "a link to outside the folder and the project", target: real });
      } else if (stat.kind === "file") files.push({ path: real, name, sizeBytes: stat.sizeBytes });
      else if ([...links, path].some((link) => isBelow(real, link))) {
        leftOut.push({ name, reason: "a link to a folder that it is in" });
      } else await visit({ path: real, name: `${name}/`, links: [...links, path] });
    }
  };
  await visit({ path: folder, name: "", links: [] });
  return { files, leftOut };
}

/** What to do so that all data is uploaded: which folder to allow, if links lead to outside. */
export function includeHint(leftOut: readonly LeftOutData[], root: string): string {
  const targets = leftOut.flatMap(({ target }) => target ?? []);
  const [first] = targets;
  if (first === undefined || SECRET_FILE.test(basename(first))) {
    return "Replace the link with what it leads to, or remove it";
  }
  const shared = targets.map((target) => dirname(target)).reduce(commonFolder);
  const folder = (targets.length === 1 ? [first] : [shared, dirname(first), first]).find((path) =>
    !isBelow(path, root)
  );
  return `Add \`--allow-outside ${shellWord(folder ?? first)}\` to upload what the links lead to`;
}

function commonFolder(one: string, other: string): string {
  let folder = one;
  while (!isBelow(folder, other)) folder = join(folder, "..");
  return folder;
}
