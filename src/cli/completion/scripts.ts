import bash from "./scripts/completion.bash" with { type: "text" };
import fish from "./scripts/completion.fish" with { type: "text" };
import powershell from "./scripts/completion.ps1" with { type: "text" };
import zsh from "./scripts/completion.zsh" with { type: "text" };

/**
 * What each shell is told, so that it asks this program for completions.
 *
 * The program answers `complete --word=WORD -- WORDS…` with a line for each candidate, its description after a tab, and
 * last with `:values`, `:files` or `:folders`. What was typed is handed over as it is and never evaluated.
 */
export const SCRIPTS = { bash, zsh, fish, powershell } as const;

/** A shell that completions can be had for. */
export type Shell = keyof typeof SCRIPTS;
