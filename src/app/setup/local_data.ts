import { basename, dirname, join, relative, resolve } from "node:path";
import { findSecrets } from "../../azureml/checks/secrets_in_upload.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import { isInVersionControl } from "../../azureml/job/code/exclusions.ts";
import { isAssetType } from "../../azureml/job/compile/ports.ts";
import type { CodeFile } from "../../azureml/job/code/file.ts";
import { type LocalData, uploadData } from "../../azureml/submit/upload.ts";
import { leadsInto } from "../../core/files.ts";
import { isHiddenFile, secretFile } from "../../core/secrets.ts";
import { isBelow, shellWord, shownName } from "../../core/untrusted.ts";
import type { Project } from "../../kedro/project.ts";
import type { CatalogEntry } from "../../kedro/snapshot.ts";
import { isShownIn } from "../../kedro/visible.ts";
import type { AppContext } from "../context.ts";
import type { ProjectSession } from "../project/open.ts";

interface LocalPlace {
  /** Relative to the project. */
  readonly path: string;
  readonly type: LocalData["type"];
}

/**
 * The local place of a data asset, as its catalog entry has it for runs on this machine. In a step, a folder is mounted
 * in place of `root_dir`.
 */
export function localPlaceOf(
  { snapshot }: Pick<ProjectSession, "snapshot">,
  name: string,
): LocalPlace | undefined {
  return entriesOf(snapshot.catalog, name)[0]?.place;
}

export type Catalog = ProjectSession["snapshot"]["catalog"];

interface AssetEntry {
  readonly dataset: string;
  readonly place: LocalPlace;
}

export function entriesOf(catalog: Catalog, name: string): readonly AssetEntry[] {
  return Object.entries(catalog).flatMap(([dataset, entry]): AssetEntry[] => {
    if (!isAssetType(entry.type) || entry.azureml_dataset !== name) return [];
    const { root_dir: root = "data", dataset: wrapped, azureml_type } = entry;
    if (azureml_type !== "uri_file") return [{ dataset, place: { path: String(root), type: "uri_folder" } }];
    const inner = (wrapped as CatalogEntry | null)?.filepath ?? (wrapped as CatalogEntry | null)?.path;
    if (typeof inner !== "string") return [];
    return [{ dataset, place: { path: join(String(root), inner), type: "uri_file" } }];
  });
}

export interface ReadData extends LocalData {
  /** Whether the folder is the project's or has it inside. Its files are not read: they are far more than data. */
  readonly holdsProject?: true;
  /** Where it is with all links resolved, if that is outside the project, and whether the user allows it. */
  readonly outside?: { readonly path: string; readonly isAllowed: boolean };
  readonly leftOut: readonly LeftOutData[];
}

/**
 * The files of local data; `undefined` if nothing is there, or a folder in place of a file of type `uri_file`.
 *
 * @param isTyped Whether the user typed the path: if it is outside the project, that is allowed.
 */
export async function readLocal(
  { fs }: Pick<AppContext, "fs">,
  project: Pick<Project, "root" | "outside">,
  path: string,
  type?: LocalData["type"],
  isTyped = false,
): Promise<ReadData | undefined> {
  const { root } = project;
  const full = resolve(root, path);
  const entry = await fs.stat(full);
  const folder = await fs.realPath(full) ?? full;
  if (entry?.kind === "file") {
    const name = full.replaceAll("\\", "/").split("/").at(-1)!;
    const files = [{ path: folder, name, sizeBytes: entry.sizeBytes, id: entry.id }];
    const outside = await outsideOf(fs, project, { full, real: folder, isTyped });
    return { path: full, type: "uri_file", files, leftOut: [], ...outside };
  }
  if (entry?.kind !== "folder" || type === "uri_file") return undefined;
  if (isBelow(folder, await fs.realPath(root) ?? root)) {
    return { path: full, type: "uri_folder", files: [], leftOut: [], holdsProject: true };
  }
  const { files, leftOut } = await findDataFiles({ fs }, folder, project);
  if (files.length + leftOut.length === 0) return undefined;
  const outside = await outsideOf(fs, project, { full, real: folder, isTyped });
  return { path: full, type: "uri_folder", files, leftOut, ...outside };
}

/** Whether data is outside the project: someone else's branch could name any folder, or be one with a link to it. */
async function outsideOf(
  fs: AppContext["fs"],
  { root, outside }: Pick<Project, "root" | "outside">,
  { full, real, isTyped }: { readonly full: string; readonly real: string; readonly isTyped: boolean },
): Promise<Pick<ReadData, "outside">> {
  if (await leadsInto(fs, { root }, real)) return {};
  const project = await fs.realPath(root) ?? root;
  const isWanted = isTyped && !isBelow(root, full) && !isBelow(project, full);
  return { outside: { path: real, isAllowed: isWanted || await leadsInto(fs, { root, outside }, real) } };
}

interface DataProblem {
  readonly code: "data.secret" | "data.link" | "data.outside";
  readonly reasons: readonly string[];
  readonly hint: string;
}

export const HOLDS_PROJECT: DataProblem = {
  // data.secret: A file to upload as data looks like a secret (move it elsewhere, or pass `--allow
  //   data.secret`), or the folder holds the whole project (move the data to a folder of its own).
  code: "data.secret",
  reasons: ["its folder holds the whole project"],
  hint: "Move the data to a folder of its own, such as data/",
};

/**
 * The problems of local data. Only files whose names or folders suggest secrets are read: those of a data asset can be
 * large and many.
 *
 * @param allow How to upload the data in spite of a problem, as the end of a sentence.
 */
export async function uploadProblems(
  { fs }: Pick<AppContext, "fs">,
  data: ReadData,
  { root, allow }: { readonly root: string; readonly allow: (code: DataProblem["code"]) => string },
): Promise<readonly DataProblem[]> {
  if (data.holdsProject) return [HOLDS_PROJECT];
  const { files, leftOut, outside } = data;
  const named = files.flatMap((file) =>
    [file.name, file.path.replaceAll("\\", "/")]
      .filter((name) => secretFile(name) !== undefined || isInVersionControl(name)).slice(0, 1)
      .map((name) => ({ ...file, name }))
  );
  const secrets = await findSecrets(fs, named);
  const problems: readonly DataProblem[] = [
    {
      // data.link: A folder of data has a link that is not followed, so a file would be missing. Use
      //   `--allow-outside`, or `--allow data.link` to leave it out.
      code: "data.link",
      reasons: leftOut.map(({ name, reason }) => `"${shownName(name)}" is ${reason}, so it would be missing`),
      hint: `${includeHint(leftOut, root)}; to leave it out, ${allow("data.link")}`,
    },
    {
      code: "data.secret",
      reasons: secrets.map(({ name, reason }) => `"${shownName(name)}" looks like ${reason}`),
      hint: `Move it elsewhere; if it is no secret, ${allow("data.secret")}`,
    },
    {
      // data.outside: The data is outside the project, or behind a link that leads there. Allow it with
      //   `--allow-outside` if it is what you want to upload.
      code: "data.outside",
      reasons: outside === undefined || outside.isAllowed
        ? []
        : [`"${shownName(outside.path)}" is outside the project`],
      hint: `Add \`--allow-outside ${shellWord(outside?.path ?? "")}\` if it is the data that is meant`,
    },
  ];
  return problems.filter(({ reasons }) => reasons.length > 0);
}

/** Uploads local data, and reports how far that is. @returns The URI of its place in the workspace. */
export async function uploadLocal(
  { fs, report }: Pick<AppContext, "fs" | "report">,
  workspace: Workspace,
  data: LocalData,
): Promise<string> {
  return await uploadData(workspace, fs, data, (sent) => void report({ type: "upload", ...sent }));
}

interface LeftOutData {
  /** Relative to the folder. */
  readonly name: string;
  /** What it is, such as `a broken link`. */
  readonly reason: string;
  /** Where a link to outside leads. */
  readonly target?: string;
}

/** A folder that is being read, and the real paths of the links that led to it. */
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
  { root, outside = [] }: Pick<Project, "root" | "outside">,
) {
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
      if (real === undefined || stat === undefined || stat.kind === "other" || stat.isLink) {
        leftOut.push({ name, reason: "a broken link" });
      } else if (kind === "link" && !follows(real)) {
        leftOut.push({ name, reason: "a link to outside the folder and the project", target: real });
      } else if (stat.kind === "file") {
        files.push({ path: real, name, sizeBytes: stat.sizeBytes, id: stat.id });
      } else if ([...links, path].some((link) => isBelow(real, link))) {
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
  if (first === undefined || isHiddenFile(basename(first))) {
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
