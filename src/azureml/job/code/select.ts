import { basename, join, relative, sep } from "node:path";
import { UserError, type Warning } from "../../../core/errors.ts";
import { countText, trimBoth } from "../../../core/format.ts";
import { shownName } from "../../../core/untrusted.ts";
import { defaultExclusions, type Exclusions, LOCAL_CREDENTIALS } from "./exclusions.ts";
import { type CodeFile, type CodeFileFs, hashFiles, inHashOrder } from "./file.ts";
import { addTo, IGNORE_FILES, type IgnoreRules, readIgnoreFile } from "./ignore.ts";
import { BEING_WRITTEN, beingWritten, isLogName, withoutOutputs } from "./own_outputs.ts";
import { type CodeFs, type CodeSelection, walkCode } from "./walk.ts";

export interface PreparedCode extends CodeSelection {
  readonly fs: CodeFileFs;
  readonly hash: string;
  /** Folder in the storage: the code folder's name, reduced to characters that need no URL encoding. */
  readonly folderName: string;
}

/**
 * Selects the files of a code folder as the plugin does: what the root's `.amlignore`, or else its `.gitignore`, does
 * not exclude, without these two files. What no job needs is then removed.
 *
 * @param folder Absolute path.
 * @throws {UserError} `code.no_folder`, `code.empty`, `code.unreadable`, `code.ignore_pattern`.
 */
export async function selectCode(
  fs: CodeFs,
  folder: string,
  options: {
    /** Exclusions in addition to the ignore file (default: version control, caches and the like). */
    readonly exclusions?: Exclusions;
    /**
     * Project folders that must exist on the compute even if no file in them is uploaded, such as the Kedro
     * environment's; relative to the code folder. Each that exists locally gets an empty `.gitkeep`.
     */
    readonly keepFolders?: readonly string[];
    /** Absolute paths of folders outside the code folder to which links are followed. */
    readonly outside?: readonly string[];
    /** The current time, to detect logs that are being written; if omitted, none is. */
    readonly now?: Date;
  } = {},
): Promise<CodeSelection> {
  const root = await requireFolder(fs, folder);
  const rules = await readIgnoreFile(fs, root);
  const outside = await Promise.all(
    (options.outside ?? []).map(async (path) => await fs.realPath(path) ?? path),
  );
  const exclusions = options.exclusions ?? defaultExclusions;
  const walked = await walkCode(fs, root, { rules, exclusions, outside });
  const selected = walked.files.filter(({ name }) => !(IGNORE_FILES as readonly string[]).includes(name));
  const parted = await withoutOutputs(fs, selected, { rules, now: options.now });
  const files = parted.files.map(({ modifiedAt: _, ...file }): CodeFile => file);
  if (files.length === 0) throw noFiles(folder, rules);
  files.push(...await keepers(fs, root, { files, folders: options.keepFolders ?? [] }));
  const secrets = walked.leftOut.filter(({ reason }) => reason === LOCAL_CREDENTIALS);
  return {
    files: inHashOrder(files),
    leftOut: [...walked.leftOut, ...parted.leftOut],
    ignoreFile: rules.file,
    warnings: [
      ...rules.warnings,
      ...walked.warnings,
      ...parted.warnings,
      ...secrets.map(({ name }) => credentialsWarning(name, rules)),
      ...await ignoredByGit(fs, root, { rules, files }),
    ],
  };
}

/**
 * Hashes selected code. If a file changes meanwhile, its new content is used; logs, and files that keep changing, are
 * left out with a warning.
 *
 * @throws {UserError} `code.unreadable`, `code.empty`.
 */
export async function hashCode(fs: CodeFs, folder: string, selection: CodeSelection): Promise<PreparedCode> {
  let { files, leftOut, warnings } = selection;
  const attempts = new Map<string, number>();
  for (;;) {
    try {
      const hashed = await hashFiles(fs, files);
      return { ...selection, ...hashed, leftOut, warnings, fs, folderName: safeName(basename(folder)) };
    } catch (thrown) {
      const file = thrown instanceof UserError && thrown.code === "code.changed"
        ? files.find(({ name }) => name === thrown.data.file)
        : undefined;
      if (file === undefined) throw thrown;
      const count = (attempts.get(file.name) ?? 0) + 1;
      attempts.set(file.name, count);
      const now = isLogName(file.name) || count > MOST_CHANGES ? undefined : await ownFile(fs, file.path);
      files = now === undefined
        ? files.filter((other) => other !== file)
        : files.map((other) => other === file ? { ...file, sizeBytes: now.sizeBytes, id: now.id } : other);
      if (now !== undefined) continue;
      if (files.length === 0) throw thrown;
      leftOut = [...leftOut, { name: file.name, reason: BEING_WRITTEN }];
      warnings = [...warnings, beingWritten(file.name)];
    }
  }
}

/** How often a file may change during hashing before it counts as being written. */
const MOST_CHANGES = 3;

/** A file at a path without links, as all were resolved; one that came since could lead to any file of the user. */
async function ownFile(fs: CodeFs, path: string) {
  const now = await fs.stat(path);
  return now?.kind === "file" && await fs.realPath(path) === path ? now : undefined;
}

/** Placeholders for empty folders: Kedro needs its environment's folder, and the storage has no empty ones. */
async function keepers(
  fs: CodeFs,
  root: string,
  { files, folders }: { readonly files: readonly CodeFile[]; readonly folders: readonly string[] },
): Promise<CodeFile[]> {
  const made: CodeFile[] = [];
  for (const folder of folders) {
    if (files.some(({ name }) => name.startsWith(`${folder}/`))) continue;
    const path = join(root, folder);
    if ((await fs.stat(path))?.kind !== "folder") continue;
    const real = relative(root, await fs.realPath(path) ?? path).replaceAll(sep, "/");
    // Windows and macOS also find it by a name in another case, which the compute does not.
    if (real !== folder && real.toLowerCase() === folder.toLowerCase()) continue;
    made.push({ path: join(path, ".gitkeep"), name: `${folder}/.gitkeep`, sizeBytes: 0, keepsFolder: true });
  }
  return made;
}

/** Warns about files that git ignores and that are uploaded, because `.amlignore` replaces `.gitignore`. */
async function ignoredByGit(
  fs: CodeFs,
  root: string,
  { rules, files }: { readonly rules: IgnoreRules; readonly files: readonly CodeFile[] },
): Promise<readonly Warning[]> {
  if (rules.file !== ".amlignore") return [];
  const git = await readIgnoreFile(fs, root, ".gitignore");
  // Steps run in the Kedro environment of the job, whose folder git ignores in projects made by `kedro new`.
  const uploaded = files.filter(({ name }) =>
    !/(?:^|\/)conf\//.test(name) && !rules.includesFile(name, () => true)
  );
  const byLine = Map.groupBy(uploaded, ({ name }) => git.excludedBy(name)?.pattern);
  const lines = [...byLine].filter(([line]) => line !== undefined);
  const [first] = lines;
  if (first === undefined) return [];
  const count = lines.reduce((sum, [, files]) => sum + files.length, 0);
  return [{
    // code.ignored_by_git: Files that .gitignore excludes are uploaded, because .amlignore replaces it. Add
    //   its lines to .amlignore.
    code: "code.ignored_by_git",
    message: `.amlignore replaces .gitignore, so ${countText(count, "file")} that git ignores ${
      count === 1 ? "is" : "are"
    } uploaded: ${
      lines.map(([line, [file]]) => `${shownName(file!.name)} (${line})`).slice(0, 5).join(", ")
    }`,
    hint: `Add \`${first[0]}\` to .amlignore, or \`!${first[0]}\` if steps need it`,
  }];
}

function safeName(name: string): string {
  return trimBoth(name.replace(/[^A-Za-z0-9_-]+/g, "-"), "-") || "code";
}

async function requireFolder(fs: CodeFs, folder: string): Promise<string> {
  const entry = await fs.stat(folder);
  const real = await fs.realPath(folder);
  if (entry?.kind === "folder" && real !== undefined) return real;
  throw new UserError(
    `The code folder "${folder}" ${entry === undefined ? "does not exist" : "is not a folder"}`,
    {
      // code.no_folder: `execution.code_directory` is not a folder. Correct it, or set it to null.
      code: "code.no_folder",
      hint: folder.startsWith("/") && folder.includes("\\")
        ? 'Write "/" instead of "\\" in `execution.code_directory` of azureml.yml'
        : "Fix `execution.code_directory` in azureml.yml, or set it to null if the environment contains the code",
    },
  );
}

function noFiles(folder: string, { file }: IgnoreRules): UserError {
  const problem = file === undefined ? "contains no files" : `has no files left after ${file}`;
  return new UserError(`The code folder "${folder}" ${problem}`, {
    // code.empty: Nothing is left to upload. Set `execution.code_directory`, or change the ignore file.
    code: "code.empty",
    hint: file === undefined
      ? "Set `execution.code_directory` in azureml.yml to the folder of the project"
      : `Add what the job needs to ${file}, for example \`!src/**\``,
  });
}

function credentialsWarning(name: string, { file }: IgnoreRules): Warning {
  return {
    // code.credentials_left_out: A file with credentials is not uploaded. Add a `!` line to .amlignore if the
    //   job needs it.
    code: "code.credentials_left_out",
    message: `"${shownName(name)}" is not uploaded, to keep secrets out of the workspace storage`,
    hint: `${addTo(file, `!${shownName(name)}`)} if the job needs it`,
  };
}
