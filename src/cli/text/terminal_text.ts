import type { Terminal } from "../../core/context.ts";
import { paint } from "./paint.ts";

/** Prepares a message for its terminal: wraps lines between words, and adds colors. */
export function terminalText({ color, columns }: Pick<Terminal, "color" | "columns">, text: string): string {
  const wrapped = columns === undefined ? text : wrapLines(text, columns);
  return color ? paint(wrapped) : wrapped;
}

/**
 * Wraps lines between words. Links and text in backticks are not broken, so that they can be copied. Continuation
 * lines are indented by two more spaces, or up to the second column of a line that has columns.
 */
export function wrapLines(text: string, columns: number): string {
  return text.split("\n").map((line) => wrapLine(line, columns)).join("\n");
}

/** What is between the first column and the second: at least two spaces. */
const GAP = /(?<=\S) {2,}(?=\S)/;

/** What a line of a log starts with: its step, or space. */
const LOG = /^([^│]{0,60})│ /;

function wrapLine(line: string, columns: number): string {
  if (line.length <= columns) return line;
  const log = LOG.exec(line);
  if (log !== null) return wrapLog(line, columns, log[0].length);
  const indent = /^ */.exec(line)![0];
  const gap = GAP.exec(line);
  const column = gap === null ? Infinity : gap.index + gap[0].length;
  const hanging = " ".repeat(column <= columns / 2 ? column : indent.length + 2);
  const lines: string[] = [];
  let current = "";
  for (const [word] of line.matchAll(/ *(?:`[^`]*`|[^\s`])+/g)) {
    if (current.trim() !== "" && current.length + word.length > columns) {
      lines.push(current);
      const next = word.trimStart();
      current = (hanging.length + next.length > columns ? `${indent}  ` : hanging) + next;
    } else current += word;
  }
  return [...lines, current].join("\n");
}

/** Further lines of a line of a log are indented up to its text, and as far as that. */
function wrapLog(line: string, columns: number, start: number): string {
  const text = line.slice(start);
  const indent = /^ */.exec(text)![0];
  const wrapped = wrapLine(text, Math.max(columns - start, SHORTEST_LOG));
  const hanging = `${" ".repeat(Math.max(0, start - 2))}│ `;
  return line.slice(0, start) + wrapped.replaceAll(`\n${indent}`, `\n${hanging}${indent}`);
}

const SHORTEST_LOG = 20;
