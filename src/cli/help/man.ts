import type { Command, Help } from "commander";
import { VERSION } from "../../core/version.ts";
import { examplesOf, pathOf, visit } from "../command/declare.ts";
import { type TopicEntry, TOPICS } from "../../app/help/topics.ts";

/** Renders the manual page of the whole program, in the macros of man(7). */
export function manualPage(root: Command): string {
  const helper = root.createHelp();
  return [
    `.TH KEDRO-AZUREML 1 "" "kedro-azureml ${VERSION}"`,
    section("NAME", [`kedro-azureml \\- ${roff(root.description())}`]),
    section("SYNOPSIS", [`.B kedro-azureml`, roff("<command> [options]")]),
    section("OPTIONS", [
      "These work with every command, before or after its name.",
      ...options(helper, root),
    ]),
    section("COMMANDS", commands(root, helper)),
    section("EXAMPLES", examples(root)),
    section("CONFIGURATION", topic("azureml.yml")),
    section("ENVIRONMENT", topic("environment")),
    section("EXIT STATUS", topic("exit-codes")),
    "",
  ].join("\n");
}

function section(name: string, lines: readonly string[]): string {
  return [`.SH ${name}`, ...lines].join("\n");
}

function commands(root: Command, helper: Help): string[] {
  const lines: string[] = [];
  visit(root, (command) => {
    if (command === root || command.commands.length > 0 || isHidden(command)) return;
    const args = command.registeredArguments.map((each) => helper.argumentTerm(each)).join(" ");
    const alias = command.aliases().map((each) => `, ${each}`).join("");
    lines.push(
      `.SS "${roff(`${pathOf(command)}${alias} ${args}`.trim())}"`,
      roff(command.summary() || command.description()) + ".",
    );
    lines.push(...options(helper, command));
  });
  return lines;
}

function isHidden(command: Command): boolean {
  const above = command.parent;
  return above !== null && !above.createHelp().visibleCommands(above).includes(command);
}

function options(helper: Help, command: Command): string[] {
  return helper.visibleOptions(command)
    .filter(({ long }) => long !== "--help" || command.parent === null)
    .flatMap((option) => tagged({ term: helper.optionTerm(option), says: helper.optionDescription(option) }));
}

function topic(name: string): string[] {
  const { about, entries } = TOPICS[name]!();
  return [roff(about), ...entries.flatMap(tagged)];
}

function examples(root: Command): string[] {
  const lines: string[] = [];
  visit(root, (command) => {
    for (const [line, does] of examplesOf(command)) {
      lines.push(...tagged({ term: `kedro-azureml ${line}`, says: does }));
    }
  });
  return lines;
}

function tagged({ term, says }: TopicEntry): string[] {
  return [".TP", `.B ${roff(term)}`, roff(says)];
}

/** Escapes characters that are special in roff: backslashes, hyphens, and quotes. */
function roff(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll('"', "\\(dq").replaceAll("'", "\\(aq")
    .replaceAll(/[^\x20-\x7e]/gu, (each) => `\\[u${hex(each)}]`);
}

function hex(character: string): string {
  return character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
}
