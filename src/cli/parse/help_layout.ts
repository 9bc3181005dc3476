import type { Command, Help } from "commander";

/** Widest column of terms; the description of a wider term starts on the next line. */
const WIDEST_TERM = 26;
/** Width of help texts that do not go to a terminal. */
export const USUAL_COLUMNS = 80;

/** Layout of the parser's help: every line fits the terminal and wraps between words. */
export const HELP_LAYOUT: Partial<Help> = {
  sortOptions: false,
  showGlobalOptions: false,
  minWidthToWrap: 20,
  subcommandTerm: commandTerm,
  padWidth(command, helper) {
    const longest = Math.max(
      helper.longestOptionTermLength(command, helper),
      helper.longestSubcommandTermLength(command, helper),
      helper.longestArgumentTermLength(command, helper),
    );
    return Math.min(longest, WIDEST_TERM);
  },
  formatItem(term, termWidth, description, helper) {
    const indent = " ".repeat(termWidth + 4);
    const width = (helper.helpWidth ?? USUAL_COLUMNS) - indent.length;
    const text = helper.boxWrap(description, width).replaceAll("\n", `\n${indent}`);
    return term.length > termWidth
      ? `  ${term}${text && `\n${indent}${text}`}`
      : `  ${`${term.padEnd(termWidth)}  ${text}`.trimEnd()}`;
  },
};

/** A command with the alias of the plugin, and its arguments if it has no subcommands; other aliases are hidden. */
function commandTerm(command: Command): string {
  const names = [command.name(), ...command.aliases().filter((alias) => alias === "run")].join(", ");
  if (command.commands.length > 0) return names;
  const args = command.registeredArguments.map((argument) => {
    const name = argument.name() + (argument.variadic ? "..." : "");
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [names, ...args].join(" ");
}

/** Lists the global options on lines that fit the terminal. */
export function globalOptionsText(root: Command, command: Command, columns: number): string {
  const own = new Set(command.options.map(({ long }) => long));
  const names = root.options
    .filter(({ long }) => long !== "--version" && !own.has(long))
    .map(({ flags }) => flags);
  const helper = root.createHelp();
  helper.minWidthToWrap = 20;
  const list = helper.boxWrap(names.map((name) => name.replaceAll(" ", "\0")).join(", "), columns - 2);
  return [
    "",
    "Global options:",
    ...list.replaceAll("\0", " ").split("\n").map((line) => `  ${line}`),
    "  Run `kedro-azureml --help` for details.",
  ].join("\n");
}

/** A command line, without the program's name, and what it does, in the imperative. */
export type Example = readonly [line: string, does: string];

/** Lists examples, each below what it does. */
export function examplesText(examples: readonly Example[]): string {
  const lines = examples.map(([line, does]) => `  # ${does}\n  kedro-azureml ${line}`);
  return `\nExamples:\n${lines.join("\n")}`;
}

/** Help topics that are not commands; listed here so that declaring `help` loads none. */
export const TOPIC_NAMES: readonly string[] = [
  "exit-codes",
  "environment",
  "credentials",
  "azureml.yml",
  "man",
];

/** Pages of the documentation that `help` prints; listed here so that declaring `help` loads none. */
export const PAGE_NAMES: readonly string[] = [
  "first-run",
  "install",
  "authentication",
  "configuration",
  "ci",
  "rehearsal",
  "report",
  "recipes",
  "json",
  "errors",
  "troubleshooting",
  "sandbox",
  "migrate",
  "differences",
  "benchmarks",
];

/** Pages named on one line of at most 80 columns. */
const PAGES_A_LINE = 7;

/** The last lines of the program's help: where to read more. */
export function linkLines(): string[] {
  return [
    "Learn more:",
    "  kedro-azureml help TOPIC",
    `    ${TOPIC_NAMES.join(", ")}`,
    "  kedro-azureml help PAGE",
    `    ${pageRows().join(",\n    ")}`,
  ];
}

function pageRows(): string[] {
  const count = Math.ceil(PAGE_NAMES.length / PAGES_A_LINE);
  return Array.from(
    { length: count },
    (_, row) => PAGE_NAMES.slice(row * PAGES_A_LINE, (row + 1) * PAGES_A_LINE).join(", "),
  );
}
