import bash from "./scripts/completion.bash" with { type: "text" };
import fish from "./scripts/completion.fish" with { type: "text" };
import powershell from "./scripts/completion.ps1" with { type: "text" };
import zsh from "./scripts/completion.zsh" with { type: "text" };

/**
 * The completion script of each shell, which calls this program.
 *
 * `kedro-azureml complete --word=WORD -- WORDS…` prints one candidate per line, followed by a tab and its
 * description, and finally `:values`, `:files` or `:folders`. The scripts pass on what was typed without evaluating
 * it.
 */
export const SCRIPTS = { bash, zsh, fish, powershell } as const;

/** A shell with a completion script. */
export type Shell = keyof typeof SCRIPTS;
