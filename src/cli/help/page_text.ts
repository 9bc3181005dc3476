import { wrapLines } from "../text/terminal_text.ts";
import { tableText } from "../text/table.ts";
import { PAGE_NAMES } from "./names.ts";

/** The least width that the last column of a table gets beside the others. */
const LEAST_LAST = 30;

/**
 * A page for a terminal: links to other pages become the command that prints them, code keeps its text without fences,
 * and pictures are left out. Pure.
 *
 * @param columns Width of the terminal, which paragraphs and tables are made for; without one they stay as written.
 */
export function pageText(markdown: string, columns?: number): string {
  let isCode = false;
  const blocks: string[][] = [[]];
  for (const line of markdown.split("\n")) {
    if (/^\s*```/.test(line)) isCode = !isCode;
    else if (isCode) blocks.push([line === "" ? "" : `    ${line}`]);
    else if (!/^<!--.*-->$/.test(line) && !line.startsWith("![")) {
      if (columns === undefined || !isContinued(blocks.at(-1)!, line)) blocks.push([]);
      blocks.at(-1)!.push(withoutLinks(line));
    }
  }
  return blocks.slice(1).map((block) => blockText(block, columns)).join("\n");
}

/** Whether a line belongs to the paragraph or table above it. */
function isContinued([first = "", ...rest]: readonly string[], line: string): boolean {
  if (first.startsWith("|")) return line.startsWith("|");
  return first !== "" && !/^(?:#| {4})/.test([first, ...rest].at(-1)!) &&
    !/^(?: *(?:[-*]|\d+\.) |#|\||$)/.test(line);
}

function blockText(lines: readonly string[], columns: number | undefined): string {
  const [first = ""] = lines;
  if (columns === undefined || first.startsWith("    ")) return lines.join("\n");
  if (first.startsWith("|")) return table(lines, columns);
  const wrapped = wrapLines([first, ...lines.slice(1).map((line) => line.trim())].join(" "), columns);
  // Only items of lists have hanging lines.
  return /^ *(?:[-*]|\d+\.) /.test(first) ? wrapped : wrapped.replaceAll("\n  ", "\n");
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

function withoutLinks(line: string): string {
  // Outside of code, the tables of the pages write `<` as an entity.
  return line.replaceAll("&lt;", "<").replace(LINK, (_, text, target) => {
    const page = /^(?:docs\/)?([a-z-]+)\.md(?:#.*)?$/.exec(target)?.[1];
    if (page !== undefined && PAGE_NAMES.includes(page)) return `${text} (\`kedro-azureml help ${page}\`)`;
    return /^https?:/.test(target) ? `${text} (${target})` : text;
  });
}
