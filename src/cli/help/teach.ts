import type { Command } from "commander";
import { pathOf, visit } from "../command/command_tree.ts";
import { EXAMPLES } from "./examples.ts";

/** Adds examples to the help of every command, and the topics of help to that of the program. */
export function teach(root: Command, topics: readonly string[]): void {
  visit(root, (command) => {
    const examples = EXAMPLES[pathOf(command)] ?? [];
    if (examples.length > 0) command.addHelpText("after", () => `\nExamples:\n${lines(examples)}`);
  });
  root.addHelpText("after", () => `\nMore: kedro-azureml help ${topics.join(" | ")}`);
}

function lines(examples: readonly { readonly line: string; readonly does: string }[]): string {
  return examples.map(({ line, does }) => `  # ${does}\n  kedro-azureml ${line}`).join("\n");
}
