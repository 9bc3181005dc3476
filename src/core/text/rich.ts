/** Styles text on a terminal. */
// deno-lint-ignore no-control-regex -- ESC begins them
const STYLE = /\x1b\[[0-9;:]*m/g;
/** Widths that rich assumes where it writes to no terminal, and of the content of its box around a traceback. */
const [WIDTH, BOX_WIDTH] = [80, 76];
/** The file and line that logged a record, at its right edge. */
const SOURCE = /^\S+\.pyc?:\d+$/;
const TIME_COLUMN = 20;
const LEVEL_COLUMN = 9;

/**
 * Rewrites what the Python library rich wraps at 80 columns as lines of any length: records of logs, which Kedro
 * writes with it, and boxes around tracebacks, of which it keeps the frames and the line of each that raised. Other
 * lines stay as they are, without styles. Pure.
 */
export function withoutRich(log: string): string {
  const lines = log.replace(STYLE, "").split(/\r?\n/);
  const plain: string[] = [];
  for (let at = 0; at < lines.length;) {
    const [read, shown] = boxAt(lines, at) ?? recordAt(lines, at) ?? [1, [lines[at]!]];
    plain.push(...shown);
    at += read;
  }
  return plain.join("\n");
}

/** Lines that were read, and those that are shown in their place. */
type Read = readonly [read: number, shown: readonly string[]];

/** The content of a line in a box. */
function boxed(line: string): string | undefined {
  return line.startsWith("│ ") && line.endsWith("│") ? line.slice(2, -1).trimEnd() : undefined;
}

function boxAt(lines: readonly string[], at: number): Read | undefined {
  const isHead = lines[at]!.startsWith("╭") && lines[at]!.includes(" Traceback ");
  let end = isHead ? at + 1 : at;
  const inner: string[] = [];
  for (let text; end < lines.length && (text = boxed(lines[end]!)) !== undefined; end++) inner.push(text);
  const isEnd = end < lines.length && lines[end]!.startsWith("╰");
  // A table, too, has lines like those of a box whose beginning is in an earlier part of the log.
  if (!isHead && !inner.some((line) => line.startsWith("❱ "))) {
    return end === at ? undefined : [end - at, lines.slice(at, end)];
  }
  const shown = unwrapped(inner.filter((line) => !/^[╭╰│]/.test(line)), BOX_WIDTH, CODE).flatMap(frameLine);
  const raised = isEnd ? exceptionAfter(lines, end + 1) : [];
  const head = isHead ? ["Traceback (most recent call last):"] : [];
  return [end - at + (isEnd ? 1 : 0) + raised.length, [...head, ...shown, ...unwrapped(raised, WIDTH)]];
}

/** A line of code with its number. */
const CODE = /^(?:❱| ) {1,9}\d+(?: |$)/;

/** A frame, or the line of it that raised; the lines around that are omitted. */
function frameLine(line: string): string[] {
  if (!CODE.test(line)) return line === "" ? [] : [`  ${line}`];
  return line.startsWith("❱") ? [`    ${line.replace(/^❱ +\d+ /, "").replaceAll("│", " ").trim()}`] : [];
}

/** The lines of the exception below a box, up to the next empty line, box or record. */
function exceptionAfter(lines: readonly string[], from: number): readonly string[] {
  const end = lines.findIndex((line, at) =>
    at >= from && (line.trim() === "" || /^[╭│[]/.test(line) && !/^\[Errno /.test(line))
  );
  return lines.slice(from, end < 0 ? undefined : end).map((line) => line.trimEnd());
}

function recordAt(lines: readonly string[], at: number): Read | undefined {
  const line = lines[at]!;
  const start = /^(\[[^\]]{1,17}\] {1,18}| {20})(DEBUG|INFO|WARNING|ERROR|CRITICAL) +/.exec(line);
  const end = line.trimEnd();
  const source = end.slice(end.lastIndexOf(" ") + 1);
  if (start === null || start[1]!.length !== TIME_COLUMN || !SOURCE.test(source)) return undefined;
  const column = TIME_COLUMN + LEVEL_COLUMN;
  const width = WIDTH - column - 1 - source.length;
  const message = [end.slice(column, -source.length).trimEnd()];
  let next = at + 1;
  const indent = " ".repeat(column);
  while (next < lines.length && lines[next]!.startsWith(indent)) {
    message.push(lines[next++]!.slice(column).trimEnd());
  }
  const [first = "", ...rest] = unwrapped(message, width);
  const time = start[1]!.trim();
  const shown = [`${time}${time && " "}${start[2]} ${first}`, ...rest.map((line) => `  ${line}`)];
  return [next - at, shown.filter((line) => line.trim() !== "")];
}

/**
 * Joins lines that were wrapped at a width; rich breaks words only if they are longer than a line.
 *
 * @param start Matches lines that were not wrapped.
 */
function unwrapped(lines: readonly string[], width: number, start?: RegExp): string[] {
  const joined: string[] = [];
  let last = "";
  for (const line of lines) {
    const word = /^\S+/.exec(line)?.[0];
    const isBroken = last.length >= width && !last.includes(" ") && !(/:\d+$/.test(last) && word === "in");
    const isWrapped = last !== "" && word !== undefined && !start?.test(line) &&
      (isBroken || last.length + 1 + word.length > width);
    if (isWrapped) joined.push(`${joined.pop()}${isBroken ? "" : " "}${line}`);
    else joined.push(line);
    last = line;
  }
  return joined;
}
