import type { AppContext } from "../../app/context.ts";
import type { Command } from "commander";
import { UserError } from "../../core/errors.ts";
import { type Answer, complete } from "./answer.ts";
import { SCRIPTS, type Shell } from "./scripts.ts";
import { projectSources } from "./sources.ts";
import type { Output } from "../command/output.ts";

/** Gives a shell's script, which the user lets the shell read. */
export function completion({ shell }: { readonly shell: Shell }): Output {
  return { data: { shell, script: SCRIPTS[shell] }, text: SCRIPTS[shell] };
}

/** What a shell asks. */
export interface CompleteOptions {
  /** The word that is being typed, up to the cursor. */
  readonly word?: string;
  /** Those before it, without the program's name. */
  readonly before: readonly string[];
}

/** Answers a shell: candidates, a line each, and what kind they are; a project that cannot be read has none. */
export async function answer(ctx: AppContext, root: Command, options: CompleteOptions): Promise<Output> {
  const { word = "", before } = options;
  const found = await complete(root, before, word, projectSources(ctx)).catch(nothing);
  const lines = found.candidates.map(({ value, description = "" }) => `${value}\t${oneLine(description)}`);
  return { data: found, text: [...lines, `:${found.kind}`, ""].join("\n") };
}

function nothing(thrown: unknown): Answer {
  if (thrown instanceof UserError) return { kind: "values", candidates: [] };
  throw thrown;
}

function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ");
}
