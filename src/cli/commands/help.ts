import type { Command } from "commander";
import type { Topic } from "../../app/help_topics.ts";
import type { Context } from "../../core/context.ts";
import { UserError } from "../../core/errors.ts";
import { ownValue } from "../../core/json.ts";
import { hasWords, nearest, wordsIn } from "../../core/suggest.ts";
import { VERSION } from "../../core/version.ts";
import { command, commandAt, pathOf, programOf, visit } from "../parse/command.ts";
import { flag, many } from "../parse/field.ts";
import { PAGE_NAMES, TOPIC_NAMES, USUAL_COLUMNS, WHOLE_LAYOUT } from "../parse/help_layout.ts";
import type { Output } from "../text/output.ts";
import { tableText, wrapLines } from "../text/render.ts";

/** Longer lines of text are hard to read. */
const WIDEST = 120;

export const help = command({
  name: "help",
  about: "Show help for a command, a topic, a page or a code",
  args: {
    topic: many(
      "[topic...]",
      `a command; a topic: ${TOPIC_NAMES.join(", ")}; a page: ${
        PAGE_NAMES.join(", ")
      }; a key of azureml.yml, such as jobs.schedule; or a code of a finding, an error or Entra ID, such as code.large or AADSTS50076`,
    ),
  },
  options: { all: flag("--all", "also list rare options, and other names of options") },
  needs: ["commands"],
  run: async (ctx, { topic, all }, command) => ({
    ...await helpOf(ctx, programOf(command), topic, all),
    isRaw: true,
    isPage: true,
  }),
});

/** As `--version`. */
export const version = command({
  name: "version",
  about: "Print the version",
  run: () => ({ data: { version: VERSION }, text: `${VERSION}\n` }),
});

/**
 * The help of a command, a topic or a code, or a page of the documentation.
 *
 * @throws {UserError} `usage.no_help` for anything else.
 */
export async function helpOf(
  ctx: Pick<Context, "terminal">,
  root: Command,
  words: readonly string[],
  all = false,
): Promise<Output> {
  const { TOPICS, explanationOf } = await import("../../app/help_topics.ts");
  const name = words.join(" ");
  const topic = ownValue(TOPICS, name)?.();
  if (topic !== undefined) {
    return { data: topic, text: topicText(root, topic, ctx.terminal.columns) };
  }
  if (PAGE_NAMES.includes(name)) {
    const { PAGES } = await import("./help_pages.ts");
    const columns = ctx.terminal.outColumns ?? ctx.terminal.columns ?? USUAL_COLUMNS;
    return { data: { page: PAGES[name]! }, text: pageText(PAGES[name]!, Math.min(columns, WIDEST)) };
  }
  const alike = commandsNamed(root, name);
  const command = commandAt(root, words) ?? (alike.length === 1 ? alike[0] : undefined);
  if (command === undefined) {
    const { PAGES } = await import("./help_pages.ts");
    const aadsts = /^(?:auth\.)?aadsts(\d+)$/i.exec(name)?.[1];
    const codes = aadsts === undefined ? [name.toLowerCase()] : [`AADSTS${aadsts}`, `auth.aadsts${aadsts}`];
    const explanation = aadsts === undefined ? undefined : explanationOf(aadsts);
    const says = explanation === undefined
      ? [...meaningOf(codes, [PAGES.errors!, PAGES.troubleshooting!])]
      : [`what it means: ${explanation.reason}`, `what to do: ${plainText(explanation.hint)}`];
    if (aadsts !== undefined) {
      says.push(`Microsoft explains it at https://login.microsoftonline.com/error?code=${aadsts}`);
    }
    if (says.length === 0) {
      const found = alike.length > 0 ? undefined : await wordHelp(root, words, PAGES, ctx.terminal.columns);
      if (found === undefined) throw noHelp(root, name, PAGES);
      return found;
    }
    const columns = Math.min(ctx.terminal.columns ?? USUAL_COLUMNS, WIDEST);
    const lines = says.map((line) => wrapLines(`  ${line}`, columns).replaceAll("\n    ", "\n  "));
    const advice = adviceOn(codes, PAGES.troubleshooting!);
    const more = advice.map((part) => `\n${pageText(part, columns - 2)}`.replace(/^(?=.)/gm, "  "));
    return { data: { code: codes[0]!, says, advice }, text: [codes[0], ...lines, ...more, ""].join("\n") };
  }
  let text = "";
  if (all) command.configureHelp(WHOLE_LAYOUT);
  command.configureOutput({ writeOut: (part) => void (text += part) }).outputHelp();
  return { data: { text }, text };
}

/** The commands of this name, such as `logs`, in any group. */
function commandsNamed(root: Command, name: string): readonly Command[] {
  const found: Command[] = [];
  visit(root, (each) => void (each.name() === name && found.push(each)));
  return found;
}

/** Pages of tables, whose sections explain no word. */
const WITHOUT_SECTIONS = ["errors", "json", "differences", "benchmarks"];

/**
 * The keys of azureml.yml and environment variables that words or a dotted path name, such as `jobs.schedule`, and a
 * section of a page: an example of the key in YAML, or what is about the words.
 */
async function wordHelp(
  root: Command,
  words: readonly string[],
  pages: Readonly<Record<string, string>>,
  columns = USUAL_COLUMNS,
): Promise<Output | undefined> {
  const { keysAbout, keysOf, variablesOf } = await import("../../app/help_topics.ts");
  const path = words.filter((word) => word !== "azureml.yml").join(".");
  const having = (topics: readonly Topic[]) => topics.filter(({ entries }) => entries.length > 0);
  const named = having([keysOf(path), variablesOf(words.join(" ")), optionsOf(root, words.join("-"))]);
  const isNamed = named.length > 0 || namesAbout(words.join(" "), root, pages).length > 0;
  const topics = isNamed ? named : having([keysAbout(path)]);
  const key = path.split(".").filter((name) => !name.startsWith("<")).at(-1) ?? "";
  const sections = Object.entries(pages).filter(([page]) => !WITHOUT_SECTIONS.includes(page))
    .flatMap(([, text]) => text.split(/\n(?=##+ |(?:- )?\*\*)/).slice(1));
  const isExample = (section: string) => new RegExp(`^ *${RegExp.escape(key)}:`, "m").test(section);
  const section = (keysOf(path).entries.length > 0 ? sections.find(isExample) : undefined) ??
    sectionAbout(words.join(" "), sections, { isTitled: isNamed }) ??
    sections.find((section) => section.split(`--${words.join("-")}`).length > MANY);
  if (topics.length === 0 && section === undefined) return undefined;
  const examples = section === undefined
    ? []
    : [`${pageText(section, Math.min(columns, WIDEST)).trimEnd()}\n`];
  const about = topics.map(({ about }) => about).join(" ");
  return {
    data: { about, entries: topics.flatMap(({ entries }) => entries), examples },
    text: [...topics.map((topic) => topicText(root, topic, columns)), ...examples].join("\n"),
  };
}

/** Mentions of an option in a section that is about it. */
const MANY = 3;

/** The options of this name, with the commands that have them. */
function optionsOf(root: Command, name: string): Topic {
  const found = new Map<string, { readonly term: string; readonly says: string; readonly paths: string[] }>();
  visit(root, (each) => {
    const option = each.options.find(({ long, hidden }) =>
      long === `--${name.replace(/^--/, "")}` && !hidden
    );
    if (option === undefined) return;
    const { flags: term, description: says } = option;
    const { paths } = found.getOrInsert(term + says, { term, says, paths: [] });
    paths.push(pathOf(each) || "any command");
  });
  const entries = [...found.values()]
    .map(({ term, says, paths }) => ({ term, says: `${says} (${paths.join(", ")})` }));
  return { about: "Options, with the commands that have them.", entries };
}

/**
 * The section that has all words, with most of them in its title and then in its text.
 *
 * @param isTitled Whether its title must have a word. Otherwise two mentions are enough.
 */
function sectionAbout(
  text: string,
  sections: readonly string[],
  { isTitled }: { readonly isTitled: boolean },
): string | undefined {
  const words = wordsIn(text);
  const counted = sections.flatMap((section) => {
    const titled = wordsIn(/^(?:##.*|(?:- )?\*\*.*?\*\*)/.exec(section)?.[0] ?? "");
    const mentioned = wordsIn(section.replaceAll(/^\|.*$/gm, ""));
    const inTitle = words.filter((word) => titled.includes(word)).length;
    const mentions = mentioned.filter((word) => words.includes(word)).length;
    const isAbout = words.every((word) => mentioned.includes(word)) &&
      (inTitle > 0 || !isTitled && mentions > 1);
    return isAbout ? [{ section, inTitle, mentions }] : [];
  });
  return counted.sort((a, b) => b.inTitle - a.inTitle || b.mentions - a.mentions)[0]?.section;
}

function topicText(root: Command, { about, entries }: Topic, columns = USUAL_COLUMNS): string {
  const helper = root.createHelp();
  helper.prepareContext({ helpWidth: Math.max(60, columns) });
  const widest = Math.max(...entries.map(({ term }) => term.length));
  // Where terms would take half of each line, each has its text below it.
  const width = widest <= helper.helpWidth! / 3 ? widest : 4;
  const items = entries.map(({ term, says }) => helper.formatItem(term, width, says, helper));
  return [helper.boxWrap(about, helper.helpWidth!), "", ...items, ""].join("\n");
}

/** The codes that a row of a table explains; those that begin with a dot have the area of the one before. */
function codesIn(row: string): readonly string[] {
  let area = "";
  return [...row.matchAll(/^\| ([^|]*)/gm)].flatMap(([, cell]) =>
    cell!.match(/AADSTS\d+|[a-z_]*\.[a-z_0-9]+|(?<=`)bug(?=`)|(?<=`)interrupted(?=`)/g) ?? []
  ).map((code) => {
    if (!code.startsWith(".")) area = code.split(".")[0]!;
    return code.startsWith(".") ? area + code : code;
  });
}

/**
 * What tables of the documentation say about the code of a finding, an error or Entra ID, a line for each column; empty
 * if they do not have it.
 */
function meaningOf(codes: readonly string[], pages: readonly string[]): readonly string[] {
  let head: readonly string[] = [];
  const says = pages.flatMap((page) => page.split("\n")).flatMap((line, at, all) => {
    if (!line.startsWith("|")) return [];
    const [first = "", ...cells] = line.split(/(?<!\\)\|/).slice(1, -1).map(cellText);
    if (all[at + 1]?.startsWith("| ---")) head = cells;
    if (!codesIn(`| ${first}`).some((code) => codes.includes(code))) return [];
    return cells.map((cell, at) =>
      cell === "" ? "" : cells.length === 1 ? plainText(cell) : `${head[at]}: ${plainText(cell)}`
    );
  }).filter((line) => line !== "");
  const [code] = codes;
  const isOfLine = says.length === 0 && code!.startsWith("usage.");
  return isOfLine ? ["The command line is invalid. The command's `--help` lists what it takes."] : says;
}

/** What a page says below bold titles that name a code, each as a paragraph with its example. */
function adviceOn(codes: readonly string[], page: string): readonly string[] {
  return page.split(/\n(?=\*\*|#)/).flatMap((part) => {
    const [, title, text] = /^\*\*(.*?)\*\*\s(.*?(?:\n\n```.*?```)?)(?:\n\n|\n?$)/s.exec(part) ?? [];
    return codesIn(`| ${title}`).some((code) => codes.includes(code)) ? [text!.trim()] : [];
  });
}

function noHelp(root: Command, name: string, pages: Readonly<Record<string, string>>): UserError {
  const about = namesAbout(name, root, pages).slice(0, MOST_LIKELY);
  const meant = nearest(name, namesOf(root, pages));
  const likely = meant === undefined ? about : [meant];
  return new UserError(`No help for "${name}"`, {
    // usage.no_help: There is no help for this name. Run `kedro-azureml help`, which lists all.
    code: "usage.no_help",
    hint: likely.length > 0
      ? `Did you mean ${likely.map((each) => `\`kedro-azureml help ${each}\``).join(" or ")}?`
      : "Run `kedro-azureml help`, which lists commands, topics and pages",
  });
}

/** Most names that an error proposes. */
const MOST_LIKELY = 4;

function namesOf(root: Command, pages: Readonly<Record<string, string>>): readonly string[] {
  return [
    ...root.commands.map((command) => command.name()),
    ...TOPIC_NAMES,
    ...PAGE_NAMES,
    ...codesIn(pages.errors!),
  ];
}

/** Names that begin with a text, and the commands, pages and codes that are about all of its words. */
function namesAbout(
  text: string,
  root: Command,
  pages: Readonly<Record<string, string>>,
): readonly string[] {
  const found = namesOf(root, pages).filter((each) => each.startsWith(text));
  visit(root, (each) => {
    const about = `${pathOf(each)} ${each.description().split("\n")[0]}`;
    if (each.name() === text) found.unshift(pathOf(each));
    else if (each !== root && hasWords(about, text)) found.push(pathOf(each));
  });
  found.push(...Object.keys(pages).filter((page) => hasWords(pages[page]!.split("\n", 1)[0]!, text)));
  found.push(...codesIn(pages.errors!).filter((code) => hasWords(code, text)));
  return [...new Set(found)];
}

/** The least width that the last column of a table gets beside the others. */
const LEAST_LAST = 30;

/**
 * A page for a terminal: links to other pages become the command that prints them, code keeps its text without fences,
 * and pictures are left out. Pure.
 *
 * @param columns The width that paragraphs and tables are made for.
 */
export function pageText(markdown: string, columns: number): string {
  let isCode = false;
  const blocks: string[][] = [[]];
  for (const line of markdown.split("\n")) {
    if (/^\s*```/.test(line)) isCode = !isCode;
    else if (isCode) blocks.push([line === "" ? "" : `    ${line}`]);
    else if (!/^<!--.*-->$/.test(line) && !line.startsWith("![")) {
      if (!isContinued(blocks.at(-1)!, line)) blocks.push([]);
      blocks.at(-1)!.push(plainText(line));
    }
  }
  return blocks.slice(1).map((block) => blockText(block, columns)).join("\n").replaceAll(/\n{3,}/g, "\n\n");
}

/** Whether a line belongs to the paragraph or table above it. */
function isContinued([first = "", ...rest]: readonly string[], line: string): boolean {
  if (first.startsWith("|")) return line.startsWith("|");
  return first !== "" && !/^(?:#| {4})/.test([first, ...rest].at(-1)!) &&
    !/^(?: *(?:[-*]|\d+\.) |#|\||$)/.test(line);
}

function blockText(lines: readonly string[], columns: number): string {
  const [first = ""] = lines;
  if (first.startsWith("    ")) return lines.join("\n");
  if (first.startsWith("|")) return table(lines, columns);
  const isQuote = first.startsWith("> ");
  const wrapped = wrapLines(
    [first, ...lines.slice(1).map((line) => line.trim().replace(/^> /, ""))].join(" "),
    columns,
  );
  // Only items of lists have hanging lines.
  return /^ *(?:[-*]|\d+\.) /.test(first) ? wrapped : wrapped.replaceAll("\n  ", isQuote ? "\n> " : "\n");
}

/** A table in aligned columns, of which the last one wraps; where that is too narrow, each row in lines of its own. */
function table(lines: readonly string[], columns: number): string {
  const [head = [], , ...rows] = lines.map((line) => line.split(/(?<!\\)\|/).slice(1, -1).map(cellText));
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at]?.length ?? 0)));
  const start = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  const room = columns - start;
  if (room < Math.min(LEAST_LAST, widths.at(-1)!)) {
    return rows.map((row) => rowText(head, row, columns)).join("\n");
  }
  const rule = head.map((_, at) =>
    "─".repeat(Math.min(widths[at]!, at === head.length - 1 ? room : Infinity))
  );
  const laid = [head, rule, ...rows].flatMap((row) => {
    const last = wrapLines(row.at(-1) ?? "", room).split("\n").map((line) => line.trim());
    return last.map((line, at) =>
      at === 0 ? [...row.slice(0, -1), line] : [...row.slice(0, -1).map(() => ""), line]
    );
  });
  return tableText(laid).trimEnd();
}

/** A row in lines of its own: its first cell, and below it the others with their titles. */
function rowText(head: readonly string[], [first = "", ...rest]: readonly string[], columns: number): string {
  const lines = rest.flatMap((cell, at) => {
    if (cell === "") return [];
    return [`    ${rest.length === 1 ? "" : `${head[at + 1]}: `}${cell}`];
  });
  return [first, ...lines].map((line) => wrapLines(line, columns)).join("\n");
}

function cellText(cell: string): string {
  return cell.trim().replaceAll("\\|", "|");
}

const LINK = /!?\[([^\]]*)\]\(([^)\s]+)\)/g;

/** A line without links, entities and bold type. */
function plainText(line: string): string {
  return line.replaceAll("&lt;", "<").replaceAll(/\*\*([^*]+)\*\*/g, "$1").replace(
    LINK,
    (_, text, target) => {
      const page = /^(?:docs\/)?([a-z-]+)\.md(?:#.*)?$/.exec(target)?.[1];
      if (page !== undefined && PAGE_NAMES.includes(page)) return `${text} (\`kedro-azureml help ${page}\`)`;
      return /^https?:/.test(target) ? `${text} (${target})` : text;
    },
  );
}
