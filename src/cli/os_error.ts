import { ExitCode, UserError } from "../core/errors.ts";

/** What a machine may refuse to anybody at any time, by the system's name for it. */
const REASONS: Readonly<Record<string, readonly [problem: string, hint: string]>> = {
  EACCES: ["permission denied", "Let this user read it: `chmod u+rX` on it and on the folders above it"],
  EPERM: ["the system does not permit it", "Let this user read it, or run the command as its owner"],
  ENOSPC: ["the disk is full", "Make room, and run the command again"],
  EMFILE: ["too many files are open", "Allow more with `ulimit -n 4096`"],
  ENFILE: ["too many files are open on this machine", "Run the command again when it is less busy"],
  ELOOP: ["its links lead in a circle", "Remove the link that leads back"],
  ENAMETOOLONG: ["its name is too long", "Rename it, or a folder above it"],
  EIO: ["the disk does not answer", "Look at the machine's disks and network drives"],
  ESTALE: ["the network drive has lost it", "Mount the drive again"],
};

/**
 * Says what the machine refused, where no one nearer to it had better words; `undefined` for what is no refusal of the
 * machine, but a defect.
 */
export function machineError(thrown: unknown): UserError | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const code = thrown instanceof Deno.errors.PermissionDenied ? "EACCES" : codeOf(thrown);
  const [problem, hint] = REASONS[code] ?? [];
  if (problem === undefined || hint === undefined) return undefined;
  const path = /'(.+)'[^']*$/.exec(thrown.message)?.[1];
  return new UserError(`Cannot use ${path === undefined ? "a file" : `"${path}"`}: ${problem}`, {
    code: "file.refused",
    exit: ExitCode.Config,
    hint,
    cause: thrown,
  });
}

function codeOf(error: Error & { readonly code?: unknown }): string {
  return typeof error.code === "string" ? error.code : "";
}
