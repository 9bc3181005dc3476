import type { AppContext } from "../../app/context.ts";
import type { Command } from "commander";
import { programOf } from "../command/command_tree.ts";
import { UserError } from "../../core/errors.ts";
import { complete, type Completions } from "./answer.ts";
import { SCRIPTS, type Shell } from "./scripts.ts";
import { projectCandidates } from "../../app/completion/sources.ts";
import type { Output } from "../command/output.ts";

/** Prints the completion script of a shell. */
export function completion(
  _: AppContext,
  { args: { shell } }: { readonly args: { readonly shell: Shell } },
): Output {
  return { data: { shell, script: SCRIPTS[shell] }, text: SCRIPTS[shell] };
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
  const found = await complete(programOf(self), words, word, projectCandidates(ctx)).catch(noCompletions);
  const lines = found.candidates.map(({ value, description = "" }) => `${value}\t${oneLine(description)}`);
  return { data: found, text: [...lines, `:${found.kind}`, ""].join("\n") };
}

function noCompletions(thrown: unknown): Completions {
  if (thrown instanceof UserError) return { kind: "values", candidates: [] };
  throw thrown;
}

function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ");
}
