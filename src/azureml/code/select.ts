import { basename, join } from "node:path";
import { ExitCode, UserError, type Warning } from "../../core/errors.ts";
import { shownName } from "../../core/text/sanitize.ts";
import type { CodeFile, CodeFileFs } from "./file.ts";
import type { CodeFs, CodeSelection } from "./selection.ts";
import { defaultExclusions, type Exclusions, LOCAL_CREDENTIALS } from "./exclusions.ts";
import { hashFiles, inHashOrder } from "./hash.ts";
import { IGNORE_FILES, type IgnoreRules, readIgnoreFile } from "./ignore_file.ts";
import { walkCode } from "./walk.ts";

/** Code that is ready to be uploaded. */
export interface PreparedCode extends CodeSelection {
  readonly fs: CodeFileFs;
  /** What {@linkcode hashFiles} gives for the files. */
  readonly hash: string;
  /** Under which the files lie in the storage: the name of the folder, without what a URL would write otherwise. */
  readonly folderName: string;
}

/** How code is selected. */
export interface SelectOptions {
  /** What is left out besides what the ignore file says; version control, caches and the like when absent. */
  readonly exclusions?: Exclusions;
  /**
   * Folders of the project that a step needs to find even if nothing of them is uploaded, such as that of the Kedro
   * environment; relative to the code folder. Each that is there gets an empty `.gitkeep`.
   */
  readonly keepFolders?: readonly string[];
}

/**
 * Selects the files of a code folder as the plugin does: what the root's `.amlignore`, or else its `.gitignore`, does
 * not leave out, without these two files; and then without what no job needs.
 *
 * @param folder Absolute path.
 * @throws {UserError} `code.no_folder`, `code.empty`, `code.unreadable`, `code.ignore_pattern`.
 */
export async function selectCode(
  fs: CodeFs,
  folder: string,
  options: SelectOptions = {},
): Promise<CodeSelection> {
  const root = await requireFolder(fs, folder);
  const rules = await readIgnoreFile(fs, root);
  const walked = await walkCode(fs, root, { rules, exclusions: options.exclusions ?? defaultExclusions });
  const files = walked.files.filter(({ name }) => !isIgnoreFile(name));
  if (files.length === 0) throw noFiles(folder, rules);
  files.push(...await keepers(fs, root, { files, folders: options.keepFolders ?? [] }));
  const secrets = walked.leftOut.filter(({ reason }) => reason === LOCAL_CREDENTIALS);
  return {
    files: inHashOrder(files),
    leftOut: walked.leftOut,
    ignoreFile: rules.file,
    warnings: [
      ...walked.warnings,
      ...secrets.map(({ name }) => credentialsWarning(name, rules)),
    ],
  };
}

/**
 * Hashes code that was selected from a folder.
 *
 * @throws {UserError} `code.unreadable`, `code.changed`.
 */
export async function hashCode(fs: CodeFs, folder: string, selection: CodeSelection): Promise<PreparedCode> {
  const { hash, files } = await hashFiles(fs, selection.files);
  return { ...selection, files, fs, hash, folderName: safeName(basename(folder)) };
}

/**
 * Selects and hashes the code of a folder.
 *
 * @throws {UserError} as {@linkcode selectCode} and {@linkcode hashCode}.
 */
export async function prepareCode(
  fs: CodeFs,
  folder: string,
  options: SelectOptions = {},
): Promise<PreparedCode> {
  return await hashCode(fs, folder, await selectCode(fs, folder, options));
}

/** Kedro refuses to start without the folder of its environment, and the storage keeps no empty folders. */
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
    made.push({ path: join(path, ".gitkeep"), name: `${folder}/.gitkeep`, sizeBytes: 0, keepsFolder: true });
  }
  return made;
}

function safeName(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^-+|-+$/g, "") || "code";
}

async function requireFolder(fs: CodeFs, folder: string): Promise<string> {
  const found = await fs.stat(folder);
  const real = await fs.realPath(folder);
  if (found?.kind === "folder" && real !== undefined) return real;
  throw new UserError(
    `Cannot upload the code folder "${folder}": ${found === undefined ? "there is none" : "it is no folder"}`,
    {
      code: "code.no_folder",
      exit: ExitCode.Config,
      hint:
        "Change `execution.code_directory` in azureml.yml, or set it to null when the environment holds the code",
    },
  );
}

function isIgnoreFile(name: string): boolean {
  return (IGNORE_FILES as readonly string[]).includes(name);
}

function noFiles(folder: string, { file }: IgnoreRules): UserError {
  const problem = file === undefined ? "it has no files" : `${file} leaves nothing of it`;
  return new UserError(`Cannot upload the code folder "${folder}": ${problem}`, {
    code: "code.empty",
    exit: ExitCode.Config,
    hint: file === undefined
      ? "Change `execution.code_directory` in azureml.yml to the folder of the project"
      : `Take what the job needs back in with a line such as \`!src/**\` in ${file}`,
  });
}

function credentialsWarning(name: string, { file }: IgnoreRules): Warning {
  const copy = file === ".gitignore" ? "copy .gitignore to .amlignore and " : "";
  return {
    code: "code.credentials_left_out",
    message: `"${shownName(name)}" is not uploaded, so that no secret lies in the storage of the workspace`,
    hint: `If the job needs it, ${copy}add \`!${shownName(name)}\` to .amlignore`,
  };
}
