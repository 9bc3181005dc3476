import pLimit from "p-limit";
import type { FileSystem } from "../../../core/context.ts";
import type { Warning } from "../../../core/errors.ts";
import { shownName } from "../../../core/untrusted.ts";
import { OWN_FILE } from "./exclusions.ts";
import type { IgnoreRules } from "./ignore.ts";
import type { CodeFs, WalkedFile } from "./walk.ts";

/** A log modified this recently is most likely the output of this very command, as with `| tee run.log`. */
const RECENT_MS = 60_000;

export function isLogName(name: string): boolean {
  return /(?:\.(?:log|out|err)|(?:^|\/)nohup\.out)$/i.test(name);
}

export function beingWritten(name: string): Warning {
  return {
    // code.being_written: A file grows while the command runs, so it is not uploaded. Add it to .amlignore.
    code: "code.being_written",
    message: `"${shownName(name)}" is still being written, so it is not uploaded`,
    hint: `Add \`${shownName(name)}\` to .amlignore, or write it outside the project`,
  };
}

/** What commands write: reports, lists of jobs, compiled jobs and graphs, packages, certificates. */
const OWN_OUTPUT_NAME = /\.(?:html?|json|ya?ml|mmd|md|kap|pem)$/i;

/**
 * Removes files that this program wrote, the file that this command's output is redirected to, and logs that are being
 * written. A `!` line of the ignore file that names such a file keeps it.
 *
 * @param now The current time; if `undefined`, no log counts as recent.
 */
export async function withoutOutputs(
  fs: CodeFs,
  files: readonly WalkedFile[],
  { rules, now }: { readonly rules: IgnoreRules; readonly now: Date | undefined },
) {
  const redirects = await fs.redirects?.() ?? new Set();
  const reasonOf = async (file: WalkedFile): Promise<string | undefined> => {
    const last = file.name.slice(file.name.lastIndexOf("/") + 1);
    if (rules.includesFile(file.name, (part) => part === last)) return undefined;
    if (file.id !== undefined && redirects.has(file.id)) return "output of this command";
    if (isLogName(file.name) && isRecent(file, now)) return BEING_WRITTEN;
    const isOwn = OWN_OUTPUT_NAME.test(file.name) && file.sizeBytes > 0 &&
      await isOwnOutput(fs, file.path);
    return isOwn ? OWN_FILE : undefined;
  };
  const limit = pLimit(READS_AT_ONCE);
  const reasons = await Promise.all(files.map((file) => limit(() => reasonOf(file))));
  const leftOut = files.flatMap(({ name }, at) =>
    reasons[at] === undefined ? [] : [{ name, reason: reasons[at] }]
  );
  return {
    files: files.filter((_, at) => reasons[at] === undefined),
    leftOut,
    warnings: leftOut.filter(({ reason }) => reason === BEING_WRITTEN).map(({ name }) => beingWritten(name)),
  };
}

const READS_AT_ONCE = 16;

export const BEING_WRITTEN = "being written";

function isRecent({ modifiedAt }: WalkedFile, now: Date | undefined): boolean {
  if (modifiedAt === undefined || now === undefined) return false;
  return now.getTime() - modifiedAt.getTime() < RECENT_MS;
}

/** First line of the file with the emulator's CA certificate. */
export const AUTHORITY_HEADER = "# CA certificate of a kedro-azureml emulator";

/** How files begin that this program writes, whatever their names. */
const BEGINNINGS = [
  // `--output-file`
  /^\{\n {2}"version": 1,\n {2}"jobs": \[(?:\]|\n {4}\{\n {6}"job": )/,
  // `compile`, as requests and Mermaid
  /^\{\n {2}"job": ".*",\n {2}"dryRun": true,/,
  /^flowchart LR\n {2}s0\["/,
  // `job report` and `inspect`
  /^<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="generator" content="kedro-azureml(?: inspect)?">/,
  // `pack`: a ZIP whose first file is the manifest
  /^PK[^]{28}manifest\.json/,
];

/** A job that `compile` wrote as YAML or JSON: its document type, and the command of its steps. */
const COMPILED = /^(?:type: pipeline| {2}"type": "pipeline",)$/m;
const STEP_COMMAND = /\bkedro azureml\s+-e\b/;

const HEAD_BYTES = 64 * 1024;

/**
 * Whether this program wrote a file: its content decides, so that it may be renamed, moved or written by another machine.
 * One that cannot be read is not known to be its own.
 */
export async function isOwnOutput(
  fs: Pick<FileSystem, "readRange" | "readText">,
  path: string,
): Promise<boolean> {
  try {
    // As Latin-1, in which each byte of a package is one character.
    const head = new TextDecoder("latin1").decode(await fs.readRange(path, 0, HEAD_BYTES));
    if (head.startsWith(AUTHORITY_HEADER) || BEGINNINGS.some((beginning) => beginning.test(head))) {
      return true;
    }
    return COMPILED.test(head) && (STEP_COMMAND.test(head) || STEP_COMMAND.test(await fs.readText(path)));
  } catch {
    return false;
  }
}
