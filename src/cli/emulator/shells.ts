/** A shell that lines can be printed for. */
export type PrintedShell = "sh" | "fish" | "powershell";

/** The shells, as `--shell` takes them. */
export const SHELLS: readonly PrintedShell[] = ["sh", "fish", "powershell"];
