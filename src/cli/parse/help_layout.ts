import { type Command, type Help, Option } from "commander";
import { countText } from "../../core/format.ts";

/** Widest column of terms; the description of a wider term starts on the next line. */
const WIDEST_TERM = 26;
/** Width of help texts that do not go to a terminal. */
export const USUAL_COLUMNS = 80;

/** Options that only `help COMMAND --all` lists. */
const FOR_ALL = new WeakSet<Option>();

/** Lets the usual help leave out an option. */
export function keepForAll(option: Option): Option {
  FOR_ALL.add(option);
  return option;
}

/** The usual options of a command, or with `all` those that are rarely used, too; of the program, also `--help`. */
function shownOptions(command: Command, all = false): readonly Option[] {
  const own = command.options.filter((option) => !option.hidden && (all || !FOR_ALL.has(option)));
  return command.parent === null ? [...own, new Option("-h, --help", "print help")] : own;
}

/** Layout of the parser's help: every line fits the terminal and wraps between words. */
export const HELP_LAYOUT: Partial<Help> = {
  sortOptions: false,
  showGlobalOptions: false,
  minWidthToWrap: 20,
  subcommandTerm: commandTerm,
  visibleOptions: (command) => [...shownOptions(command)],
  // Options that the plugin names in another way are listed once.
  optionTerm: ({ flags, short }) => short?.startsWith("--") ? flags.replace(/, --[\w-]+/, "") : flags,
  // Options below no heading are those that say what to work on.
  groupItems(all, visible, headingOf) {
    const headings = new Set(all.map(headingOf));
    const ordered = new Set([...["Options:"].filter((first) => headings.has(first)), ...headings]);
    return new Map(
      [...ordered].map((heading) => [heading, visible.filter((one) => headingOf(one) === heading)]),
    );
  },
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

export const WHOLE_LAYOUT: Partial<Help> = {
  ...HELP_LAYOUT,
  visibleOptions: (command) => [...shownOptions(command, true)],
  optionTerm: ({ flags }) => flags,
};

/** A command without its aliases, and its arguments if it has no subcommands. */
function commandTerm(command: Command): string {
  if (command.commands.length > 0) return command.name();
  const args = command.registeredArguments.map((argument) => {
    const name = argument.name() + (argument.variadic ? "..." : "");
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...args].join(" ");
}

/** Lists the global options on lines that fit the terminal. */
export function globalOptionsText(root: Command, command: Command, columns: number): string {
  const own = new Set(command.options.map(({ long }) => long));
  const names = shownOptions(root)
    .filter(({ long }) => long !== "--version" && !own.has(long))
    .map(({ flags }) => flags);
  const helper = root.createHelp();
  helper.minWidthToWrap = 20;
  const list = helper.boxWrap(names.map((name) => name.replaceAll(" ", "\0")).join(", "), columns - 2);
  return [
    "",
    "Global options (see `kedro-azureml --help`):",
    ...list.replaceAll("\0", " ").split("\n").map((line) => `  ${line}`),
  ].join("\n");
}

/** How to list the options of a command that its help leaves out. @param path The words that select it. */
export function moreOptionsText(command: Command, path: string): string {
  const count = shownOptions(command, true).length - command.createHelp().visibleOptions(command).length;
  const line = ["kedro-azureml help", path, "--all"].filter((word) => word !== "").join(" ");
  return count === 0 ? "" : `\n${countText(count, "more option")}: ${line}`;
}

/** A command line, without the program's name, and what it does, in the imperative. */
export type Example = readonly [line: string, does: string];

export function examplesText(examples: readonly Example[]): string {
  const lines = examples.map(([line, does]) => `  # ${does}\n  kedro-azureml ${line}`);
  return `\nExamples:\n${lines.join("\n")}`;
}

/** Help topics that are not commands; listed here so that declaring `help` loads none. */
export const TOPIC_NAMES: readonly string[] = [
  "exit-codes",
  "variables",
  "credentials",
  "azureml.yml",
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
