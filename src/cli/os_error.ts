import { isOpenElsewhere, UserError } from "../core/errors.ts";

/** Operating system errors that any program may encounter, by error code. */
const REASONS: Readonly<Record<string, readonly [problem: string, hint: string]>> = {
  EACCES: [
    "permission denied",
    "Give this user access to it and to the folders above it, such as with `chmod u+rwX`",
  ],
  DENIED: ["access denied", "Give this user read access in Explorer, under Properties > Security"],
  EPERM: ["operation not permitted", "Make this user its owner, or run the command as its owner"],
  ENOSPC: ["the disk is full", "Free some space, then run the command again"],
  EDQUOT: ["the disk quota is used up", "Free some space, then run the command again"],
  EROFS: ["the file system is read-only", "Use a folder on a disk that can be written to"],
  EMFILE: ["too many open files", "Raise the limit with `ulimit -n 4096`"],
  ENFILE: ["too many open files on this machine", "Close some programs, then run the command again"],
  ELOOP: ["its symbolic links form a loop", "Remove one of the links"],
  ENAMETOOLONG: ["its name is too long", "Rename it, or a folder above it"],
  EIO: ["disk input/output error", "Check the disks and network drives of this machine"],
  NOTUTF8: ["its name is not valid UTF-8", "Rename it"],
  BADNAME: ["Windows does not allow this name", 'Use a name without < > : " | ? *'],
  INUSE: ["another program has it open", "Close that program, then run the command again"],
  SPECIAL: ["it is below /dev, /proc or /sys, where this program opens nothing", "Use a folder elsewhere"],
  ESTALE: ["stale file handle of a network drive", "Mount the drive again"],
};

/** Errors for which Deno has no code on Windows, whose messages end with a full stop in every language. */
const ON_WINDOWS: readonly (readonly [words: RegExp, code: string])[] = [
  [/[.。] \(os error 123\)/, "BADNAME"],
  [/[.。] \(os error 206\)/, "ENAMETOOLONG"],
];

/** What Deno answers for every file below /dev, /proc and /sys, unless a program has every permission. */
const SPECIAL = /^Requires all access to "(.+)"/;

/** Explains an error of the operating system; `undefined` for errors that are bugs in this program. */
export function machineError(thrown: unknown): UserError | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const code = thrown instanceof Deno.errors.PermissionDenied ? deniedOn(thrown) : codeOf(thrown);
  const [problem, hint] = REASONS[code] ?? [];
  if (problem === undefined || hint === undefined) return undefined;
  const path = SPECIAL.exec(thrown.message)?.[1] ?? /'(.+)'[^']*$/.exec(thrown.message)?.[1];
  const message = path === undefined
    ? `A file operation failed: ${problem}`
    : `Cannot open "${path}": ${problem}`;
  return new UserError(message, {
    // file.refused: The operating system refused a file operation. Correct what the message names.
    code: "file.refused",
    hint: path === "/dev"
      ? `${hint}; \`compile --check\` writes no file, \`compile -o -\` to standard output`
      : hint,
    cause: thrown,
  });
}

/** Windows has the number 5 for it, and no `chmod`. */
function deniedOn({ message }: Error): string {
  return message.includes("(os error 5)") ? "DENIED" : "EACCES";
}

function codeOf(error: Error & { readonly code?: unknown }): string {
  if (isOpenElsewhere(error)) return "INUSE";
  if (SPECIAL.test(error.message)) return "SPECIAL";
  // Such a name is listed with this character, and then not found.
  if (error instanceof Deno.errors.NotFound && error.message.includes("\ufffd")) return "NOTUTF8";
  const [, onWindows] = ON_WINDOWS.find(([words]) => words.test(error.message)) ?? [];
  if (onWindows !== undefined) return onWindows;
  return typeof error.code === "string" ? error.code : "";
}

/**
 * Writes a result. If that fails after jobs were submitted, the error names them, because the command must not be
 * repeated.
 *
 * @param submitted Names in Azure ML of the jobs that the command has submitted so far.
 * @throws {UserError} `output.not_written`.
 */
export function withOutputErrors(submitted: readonly string[], write: () => void): void {
  try {
    write();
  } catch (thrown) {
    const refused = machineError(thrown);
    if (refused === undefined) throw thrown;
    const reason = refused.message.replace(/^.*: /, "");
    const names = submitted.join(" ");
    throw new UserError(`Cannot write to standard output: ${reason}`, {
      // output.not_written: Standard output cannot be written. The message says which jobs were submitted.
      code: "output.not_written",
      details: submitted.map((name) => `Job "${name}" was submitted and is running`),
      hint: submitted.length === 0
        ? "Write to another place, and run the command again"
        : `Run \`kedro-azureml job show ${names}\`; running this command again would submit again`,
      data: { submitted },
      cause: thrown,
    });
  }
}
