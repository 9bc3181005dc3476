import type { Terminal } from "../../core/context.ts";
import { paint } from "./paint.ts";

/** Prepares a message for its terminal: wraps lines between words, and adds colors. */
export function terminalText({ color, columns }: Pick<Terminal, "color" | "columns">, text: string): string {
  const wrapped = columns === undefined ? text : wrapLines(text, columns);
  return color ? paint(wrapped) : wrapped;
}

/**
 * Wraps lines between words. Links and text in backticks are not broken, so that they can be copied. Continuation
 * lines are indented by two more spaces.
 */
export function wrapLines(text: string, columns: number): string {
  return text.split("\n").map((line) => wrapLine(line, columns)).join("\n");
}

function wrapLine(line: string, columns: number): string {
  if (line.length <= columns) return line;
  const indent = /^ */.exec(line)![0];
  const lines: string[] = [];
  let current = indent;
  for (const word of line.slice(indent.length).match(/(?:`[^`]*`|[^\s`])+/g) ?? []) {
    const isFirst = current.trim() === "";
    if (!isFirst && current.length + 1 + word.length > columns) {
      lines.push(current);
      current = `${indent}  ${word}`;
    } else current += isFirst ? word : ` ${word}`;
  }
  return [...lines, current].join("\n");
}
