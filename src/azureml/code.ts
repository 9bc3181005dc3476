import { basename } from "node:path";
import type { FileSystem } from "../context.ts";
import { ExitCode, UserError, type Warning } from "../errors.ts";
import type { CodeFile, CodeFileFs } from "./code_file.ts";
import { type Exclusions, LOCAL_CREDENTIALS, ownExclusions } from "./exclusions.ts";
import { codeHash, inHashOrder } from "./hashes.ts";
import { IGNORE_FILES, type IgnoreRules, readIgnoreFile } from "./ignore_file.ts";
import { walkCode } from "./code_walk.ts";

/** The parts of a file system that code is read with. */
export type CodeFs = Pick<FileSystem, "readText" | "readBytes" | "readChunks" | "walk" | "stat" | "realPath">;

/** What of a folder goes to Azure ML. */
export interface CodeSelection {
  /** In the order of the code's hash. */
  readonly files: readonly CodeFile[];
  /** What was left out and why: a folder once, with a slash at the end of its name. */
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
  readonly warnings: readonly Warning[];
}

/** Code that is ready to be uploaded. */
export interface PreparedCode extends CodeSelection {
  readonly fs: CodeFileFs;
  /** What {@linkcode codeHash} gives for the files. */
  readonly hash: string;
  /** Under which the files lie in the storage: the name of the folder, without what a URL would write otherwise. */
  readonly folderName: string;
}

/** Code is seldom as large as this; what Azure ML itself takes ends at three times as much. */
const LARGE_BYTES = 100 * 1024 * 1024;

/** How code is selected. */
export interface SelectOptions {
  /** What is left out besides what the ignore file says; version control, caches and the like when absent. */
  readonly exclusions?: Exclusions;
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
  const walked = await walkCode(fs, root, { rules, exclusions: options.exclusions ?? ownExclusions });
  const files = walked.files.filter(({ name }) => !isIgnoreFile(name));
  if (files.length === 0) throw noFiles(folder, rules);
  const secrets = walked.leftOut.filter(({ reason }) => reason === LOCAL_CREDENTIALS);
  return {
    files: inHashOrder(files),
    leftOut: walked.leftOut,
    warnings: [
      ...walked.warnings,
      ...secrets.map(({ name }) => credentialsWarning(name, rules)),
      ...largeWarning(files, rules),
    ],
  };
}

/**
 * Selects and hashes the code of a folder.
 *
 * @throws {UserError} as {@linkcode selectCode}, and `code.changed`.
 */
export async function prepareCode(
  fs: CodeFs,
  folder: string,
  options: SelectOptions = {},
): Promise<PreparedCode> {
  const selection = await selectCode(fs, folder, options);
  const hash = await codeHash(fs, selection.files);
  return { ...selection, fs, hash, folderName: safeName(basename(folder)) };
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
    message: `"${name}" is not uploaded, so that no secret lies in the storage of the workspace`,
    hint: `If the job needs it, ${copy}add \`!${name}\` to .amlignore`,
  };
}

/** A word about code that is mostly data, such as what a `.gitignore` that Kedro made leaves in. */
function largeWarning(files: readonly CodeFile[], { file }: IgnoreRules): Warning[] {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (bytes <= LARGE_BYTES) return [];
  const largest = files.reduce((a, b) => b.sizeBytes > a.sizeBytes ? b : a);
  const line = largest.name.replace(/\/.*$/, "/");
  return [{
    code: "code.large",
    message: `The code is ${mebibytes(bytes)} in ${files.length} files, of which "${largest.name}" is ${
      mebibytes(largest.sizeBytes)
    }`,
    hint: `If the job does not need it, add \`${line}\` to .amlignore${
      file === ".gitignore" ? ", which then counts instead of .gitignore" : ""
    }`,
  }];
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}
