/** Exit codes of the process. They are stable; {@linkcode EXIT_CODE_DOCS} describes each. */
export const ExitCode = {
  Ok: 0,
  JobFailed: 1,
  Usage: 2,
  Config: 3,
  Auth: 4,
  Rejected: 5,
  Unavailable: 6,
  JobCanceled: 7,
  TimedOut: 8,
  Changed: 9,
  Bug: 70,
  Interrupted: 130,
  Terminated: 143,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Description of each exit code, for the README and `help exit-codes`. */
export const EXIT_CODE_DOCS: Readonly<Record<keyof typeof ExitCode, string>> = {
  Ok: "Success.",
  JobFailed: "The job failed (with `--wait`, or `job follow`); no emulator is running (`emulator status`).",
  Usage: "The command line is invalid, or a file or folder that it names or needs cannot be read or written.",
  Config: "The project or its configuration is invalid.",
  Auth: "No credential works, or Azure denied access (401, 403).",
  Rejected: "No such job or other resource, or Azure rejected the request (404, 409, quota).",
  Unavailable: "Azure is unreachable or busy; try again.",
  JobCanceled: "The job was canceled (with `--wait`, or `job follow`).",
  TimedOut: "`--timeout` was reached; the job keeps running, but one of `rehearse` is stopped.",
  Changed: "`diff --exit-code` found changes.",
  Bug: "Internal error.",
  Interrupted: "Ctrl+C.",
  Terminated: "SIGTERM.",
};

const AREA_EXITS: Readonly<Record<string, ExitCode>> = {
  usage: ExitCode.Usage,
  auth: ExitCode.Auth,
  network: ExitCode.Unavailable,
  cancel_previous: ExitCode.Usage,
  diff: ExitCode.Rejected,
  emulator: ExitCode.Usage,
  jobs_file: ExitCode.Usage,
  kept: ExitCode.Usage,
  rehearse: ExitCode.Usage,
  ui: ExitCode.Usage,
};

/** The exit code of an error that names none, by the area of its code (`auth` of `auth.no_credential`). */
export function exitCodeForError(code: string): ExitCode {
  return AREA_EXITS[code.split(".")[0]!] ?? ExitCode.Config;
}

export function exitCodeForRun(status: string): ExitCode {
  if (status === "Completed") return ExitCode.Ok;
  return status === "Canceled" ? ExitCode.JobCanceled : ExitCode.JobFailed;
}
