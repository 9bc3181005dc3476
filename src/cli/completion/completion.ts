import type { AppContext } from "../../app/context.ts";
import type { Command } from "commander";
import { programOf } from "../command/declare.ts";
import { ORIGIN_WITHIN_COMMAND } from "../../core/emulator_page.ts";
import { userErrorOf } from "../../core/errors.ts";
import { type CandidateLookup, complete, type Completions } from "./complete.ts";
import { projectCandidates } from "../../app/completion/completion.ts";
import { projectRequest } from "../command/global_options.ts";
import type { Output } from "../command/output.ts";
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

/** Prints the completion script of a shell. */
export function completion(
  _: AppContext,
  { args: { shell } }: { readonly args: { readonly shell: Shell } },
): Output {
  return { data: { shell, script: SCRIPTS[shell] }, text: SCRIPTS[shell], isRaw: true };
}

/** The words that a shell passes to `complete`. */
export interface CompleteTyped {
  /** The word at the cursor, up to the cursor. */
  readonly word?: string;
  /** The words before it, without the program's name. */
  readonly args: { readonly words: readonly string[] };
}

/** Prints the candidates for a shell, one per line, then their kind; none if the project cannot be read. */
export async function completeWord(
  ctx: AppContext,
  { word = "", args: { words } }: CompleteTyped,
  self: Command,
): Promise<Output> {
  // Reads what is remembered of emulators; no request is sent.
  // Which emulator runs is not asked: a completion has no time for it.
  const env = { ...ctx.env, KEDRO_AZUREML_EMULATOR: ORIGIN_WITHIN_COMMAND, AZURE_CLIENT_SECRET: "" };
  const machine = words.includes("--emulator") ? { ...ctx, env } : ctx;
  const lookUp: CandidateLookup = (target, { env, directory, python }) =>
    projectCandidates(machine, target, projectRequest(ctx, { env, directory, python }));
  const completions = await complete(programOf(self), words, word, lookUp).catch(noCompletions);
  const lines = completions.candidates.map(({ value, description = "" }) =>
    `${value}\t${description.replaceAll(/\p{Cc}+/gu, " ")}`
  );
  return { data: completions, text: [...lines, `:${completions.kind}`, ""].join("\n"), isRaw: true };
}

function noCompletions(thrown: unknown): Completions {
  userErrorOf(thrown);
  return { kind: "values", candidates: [] };
}
