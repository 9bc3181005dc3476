import type { Terminal } from "../../core/context.ts";
import { countText, durationText } from "../../core/format.ts";

/** Shortens text that is longer than `length` characters, ending it with `…`. */
export function cut(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, Math.max(0, length - 1)).join("")}…`;
}

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

/** Formats a time in its own zone, such as `Mon 2026-02-02 02:00 CET`. */
export function zonedText(time: Temporal.ZonedDateTime): string {
  const part = (options: Intl.DateTimeFormatOptions, type: keyof Intl.DateTimeFormatPartTypesRegistry) =>
    new Intl.DateTimeFormat("en-GB", { ...options, timeZone: time.timeZoneId })
      .formatToParts(time.epochMilliseconds).find((each) => each.type === type)!.value;
  const zone = part({ timeZoneName: "short", hour: "numeric" }, "timeZoneName");
  const clock = time.toPlainTime().toString({ smallestUnit: "minute" });
  return `${part({ weekday: "short" }, "weekday")} ${time.toPlainDate()} ${clock} ${zone}`;
}

/** Formats a moment in UTC, such as `2026-01-02 03:04 UTC`. */
export function utcText(time: Date | string): string {
  return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Formats the time since then in its largest unit, such as `3 hours ago`. */
export function agoText(time: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - time.getTime()) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${countText(minutes, "minute")} ago`;
  if (minutes < 48 * 60) return `${countText(Math.floor(minutes / 60), "hour")} ago`;
  return `${countText(Math.floor(minutes / (24 * 60)), "day")} ago`;
}

/** Formats the time left until then, such as `in 3 h 20 min`. */
export function untilText(time: Temporal.ZonedDateTime, now: Date): string {
  const ms = time.epochMilliseconds - now.getTime();
  const days = Math.floor(ms / 86_400_000);
  const minutes = Math.round(ms / 60_000);
  if (ms <= 0) return "now";
  return days >= 2 ? `in ${days} days` : `in ${durationText(minutes < 1 ? ms : minutes * 60_000)}`;
}

/** Formats a time in ISO 8601 with its offset, for scripts. */
export function isoText(time: Temporal.ZonedDateTime): string {
  return time.toString({ timeZoneName: "never", fractionalSecondDigits: 0 });
}

const RESET = "\x1b[0m";

/** Colors by the mark or word at the start of a line; without color, the text still says the same. */
const COLORS: readonly (readonly [RegExp, string])[] = [
  [/^\s*(✓|created\b|submitted\b)/, "\x1b[32m"],
  [/^\s*(✗|error:)/, "\x1b[31m"],
  [/^\s*(!|warning:)/, "\x1b[33m"],
  [/^\s*hint:/, "\x1b[36m"],
  [/^\s*·/, "\x1b[2m"],
];

/** Colors the mark or word that starts each line; only for terminals. */
export function paint(text: string): string {
  return text.split("\n").map(paintLine).join("\n");
}

const CODE = / \[[a-z_]+\.[a-z0-9_]+\]$/;

function paintLine(line: string): string {
  const painted = line.replace(CODE, (code) => `\x1b[2m${code}${RESET}`);
  for (const [start, color] of COLORS) {
    const mark = start.exec(line)?.[0];
    if (mark !== undefined) return `${color}${mark}${RESET}${painted.slice(mark.length)}`;
  }
  return painted;
}

/** Marks, each with the statuses of jobs, steps, checks and credentials that it shows. */
const MARKS: Readonly<Record<string, readonly string[]>> = {
  "✓": ["Completed", "ok", "used"],
  "!": ["warned"],
  "✗": ["Failed", "Canceled", "NotResponding", "failed"],
  "·": ["skipped", "not_configured"],
};

export function markOf(status: string): string {
  return Object.entries(MARKS).find(([, shown]) => shown.includes(status))?.[0] ?? " ";
}

/**
 * Formats rows as aligned columns, two spaces apart; every line is trimmed and ends with a line break.
 *
 * @param columns Width of the terminal; if rows of three or more cells are wider, their first cell has its own line.
 */
export function tableText(rows: readonly (readonly string[])[], columns = Infinity): string {
  const text = aligned(rows);
  if (widthOf(text) <= columns || rows.every(({ length }) => length < 3)) return text;
  const rest = aligned(rows.map((row) => row.slice(1))).split("\n");
  return rows.map(([first = ""], at) => `${first}\n${rest[at] === "" ? "" : `    ${rest[at]}\n`}`).join("");
}

export function widthOf(text: string): number {
  return Math.max(...text.split("\n").map(lengthOf));
}

function aligned(rows: readonly (readonly string[])[]): string {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from(
    { length: count },
    (_, at) => Math.max(...rows.map((row) => lengthOf(row[at] ?? ""))),
  );
  const lines = rows.map((row) => row.map((cell, at) => cell + " ".repeat(widths[at]! - lengthOf(cell))));
  return lines.map((cells) => `${cells.join("  ").trimEnd()}\n`).join("");
}

/** Number of code points; `length` counts an emoji as two. */
function lengthOf(text: string): number {
  return [...text].length;
}
