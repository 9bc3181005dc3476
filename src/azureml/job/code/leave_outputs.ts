import pLimit from "p-limit";
import type { Warning } from "../../../core/errors.ts";
import { shownName } from "../../../core/text/sanitize.ts";
import type { IgnoreRules } from "./ignore_file.ts";
import { ownOutput } from "./own_output.ts";
import type { CodeFs, LeftOut } from "./selection.ts";
import type { WalkedFile } from "./walk.ts";

/** A log modified this recently is most likely the output of this very command, as with `| tee run.log`. */
const RECENT_MS = 60_000;
const READS_AT_ONCE = 16;

/** Files, divided into code and this program's own output. */
export interface SplitFiles {
  readonly files: readonly WalkedFile[];
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly Warning[];
}

/** Whether a file name looks like a log. */
export function isLogName(name: string): boolean {
  return /(?:\.(?:log|out|err)|(?:^|\/)nohup\.out)$/i.test(name);
}

/** The warning about a file that is not uploaded because it is being written. */
export function beingWritten(name: string): Warning {
  return {
    code: "code.being_written",
    message: `"${shownName(name)}" is still being written, so it is not uploaded`,
    hint: `Add \`${shownName(name)}\` to .amlignore, or write it outside the project`,
  };
}

/**
 * Removes files that this program itself writes: compiled jobs, packages, jobs files, and the log of its output. A `!`
 * line of the ignore file that names such a file keeps it.
 *
 * @param now The current time; if `undefined`, no log counts as recent.
 */
export async function withoutOwnOutput(
  fs: CodeFs,
  files: readonly WalkedFile[],
  { rules, now }: { readonly rules: IgnoreRules; readonly now: Date | undefined },
): Promise<SplitFiles> {
  const redirects = await fs.redirects?.() ?? new Set();
  const limit = pLimit(READS_AT_ONCE);
  const reasons = await Promise.all(files.map((file) =>
    limit(async () => {
      const last = file.name.slice(file.name.lastIndexOf("/") + 1);
      if (rules.includesFile(file.name, (part) => part === last)) return undefined;
      if (file.id !== undefined && redirects.has(file.id)) return "output of this command";
      if (isLogName(file.name) && isRecent(file, now)) return BEING_WRITTEN;
      return await ownOutput(fs, file).catch(() => undefined);
    })
  ));
  return {
    files: files.filter((_, at) => reasons[at] === undefined),
    leftOut: files.flatMap(({ name }, at) =>
      reasons[at] === undefined ? [] : [{ name, reason: reasons[at] }]
    ),
    warnings: files.flatMap(({ name }, at) => reasons[at] === BEING_WRITTEN ? [beingWritten(name)] : []),
  };
}

/** The reason for a file that another program is writing. */
export const BEING_WRITTEN = "being written";

function isRecent({ modifiedAt }: WalkedFile, now: Date | undefined): boolean {
  if (modifiedAt === undefined || now === undefined) return false;
  return now.getTime() - modifiedAt.getTime() < RECENT_MS;
}
