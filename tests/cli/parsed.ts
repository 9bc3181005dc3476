import type { Command } from "commander";
import { pathOf, visit } from "../../src/cli/parse/command.ts";
import { usageError, UsageMistake } from "../../src/cli/parse/usage_error.ts";
import { createProgram, loadAll } from "../../src/cli/program.ts";
import type { Context } from "../../src/core/context.ts";
import { fakeContext } from "../fakes/context.ts";

/** Splits a line as a shell does, up to a pipe, redirection or comment. */
export function wordsOf(line: string): string[] {
  const words = line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  const end = words.findIndex((word) => /^(?:[|>#;]|>>|&&|2>.*)$/.test(word));
  return words.slice(0, end < 0 ? undefined : end).map((word) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, "$1$2")
  );
}

/** The parser of all commands. */
export async function wholeProgram(ctx: Context = fakeContext()): Promise<Command> {
  return await loadAll(createProgram(ctx, () => Promise.resolve()));
}

/**
 * Returns the path of the command that the words would run, without running it.
 *
 * @throws {UserError} `usage.*` where the program would refuse them.
 */
export async function commandOf(words: readonly string[]): Promise<string> {
  let ran = "nothing";
  const root = await wholeProgram();
  visit(root, (command: Command) => {
    if (command !== root) command.action(() => void (ran = pathOf(command)));
  });
  try {
    await root.parseAsync(words, { from: "user" });
  } catch (thrown) {
    throw thrown instanceof UsageMistake ? usageError(thrown) : thrown;
  }
  return ran;
}
