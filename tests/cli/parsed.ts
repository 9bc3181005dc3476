import type { Command } from "commander";
import { pathOf, visit } from "../../src/cli/command/command_tree.ts";
import { createProgram } from "../../src/cli/program.ts";
import { fakeContext } from "../fakes/context.ts";

/** The words of a line as a shell would part them, up to a pipe, a redirection or a comment. */
export function wordsOf(line: string): string[] {
  const words = line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  const end = words.findIndex((word) => /^(?:[|>#;]|>>|&&|2>.*)$/.test(word));
  return words.slice(0, end < 0 ? undefined : end).map((word) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, "$1$2")
  );
}

/**
 * Which command the words after the program's name would run; nothing is run.
 *
 * @throws {UserError} `usage.*` where the program would refuse them.
 */
export async function parsed(words: readonly string[]): Promise<string> {
  let ran = "nothing";
  const root = createProgram(fakeContext(), () => Promise.resolve());
  visit(root, (command: Command) => {
    if (command !== root) command.action(() => void (ran = pathOf(command)));
  });
  await root.parseAsync(words, { from: "user" });
  return ran;
}
