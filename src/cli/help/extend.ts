import type { Command } from "commander";
import { pathOf, visit } from "../command/command_tree.ts";
import { EXAMPLES } from "./examples.ts";
import { globalOptionsText } from "./layout.ts";
import { type HelpNames, linkLines, REPOSITORY } from "./links.ts";

/**
 * Extends the parser's help with global options, examples and links.
 *
 * @param columns Returns the width of the terminal.
 */
export function extendHelp(root: Command, names: HelpNames, columns: () => number): void {
  visit(root, (command) => {
    if (command !== root) command.addHelpText("after", () => globalOptionsText(root, command, columns()));
    const examples = EXAMPLES[pathOf(command)] ?? [];
    if (examples.length > 0) command.addHelpText("after", () => `\nExamples:\n${exampleLines(examples)}`);
  });
  root.addHelpText("after", () => ["", ...linkLines(names, REPOSITORY)].join("\n"));
}

function exampleLines(examples: readonly { readonly line: string; readonly does: string }[]): string {
  return examples.map(({ line, does }) => `  # ${does}\n  kedro-azureml ${line}`).join("\n");
}
