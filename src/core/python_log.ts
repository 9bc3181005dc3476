import { trimEnd } from "./format.ts";

/** A frame of a traceback, as Python and as rich print it; that of a SyntaxError names no function. */
const FRAME = /^ {2}(?:File "([^"]+)", line (\d+)(?:, in (.+))?|([^\s:][^:]*):(\d+) in (\S+))$/;
/** The class of an exception, with its module, and its message. */
const RAISED = /^(?:[A-Za-z_]\w*\.)*([A-Za-z_]\w*)(?::(?: (.*))?)?$/;
const MOST_LINES = 12;

export interface PythonCause {
  /** The exception in one line, such as `DatasetError: sales: data/01_raw/sales.csv not found`. */
  readonly error: string;
  /** Where the project raised it, such as `src/shop/nodes.py:5 in split`. */
  readonly place?: string;
  /** The exception that made the project raise it, in one line with its place. */
  readonly causedBy?: string;
  /** The exception with all lines of its message. */
  readonly exception: string;
}

/**
 * The exception that ended a step, in one line, and where the code of the project raised it. Pure.
 *
 * Where a package raised it because of another one, as Kedro does if a module cannot be imported, that one is told,
 * unless the message repeats it. Where the project did so, both are.
 */
export function causeOf(log: string): PythonCause | undefined {
  const lines = withoutSkipped(withoutRich(log).split("\n").map((line) => line.trimEnd()));
  const last = raisedBefore(lines, lines.length);
  if (last === undefined) return undefined;
  const chain = chainOf(lines, last);
  const first = chain.at(-1)!;
  const isOwn = last.frames.slice(-1).some(isPlace);
  const isFirst = !isOwn && !repeats(last, first);
  const told = isFirst ? first : last;
  const place = placeOf(told) ?? placeOf(isFirst ? last : first);
  const cause = { error: shortError(told.lines), exception: told.lines.join("\n") };
  const placed = place === undefined ? cause : { ...cause, place };
  if (!isOwn || first === last) return placed;
  // What a package raised first may have no frame of the project.
  const at = chain.slice(1).toReversed().map(placeOf).find((one) => one !== undefined);
  return { ...placed, causedBy: `${shortError(first.lines)}${at === undefined ? "" : ` at ${at}`}` };
}

/** Why something failed, in one line if its log says so. */
export function reasonOf(
  { message, cause }: { readonly message: string | undefined; readonly cause?: PythonCause },
): string | undefined {
  return cause?.causedBy === undefined
    ? cause?.error ?? message
    : `${cause.error} (caused by ${cause.causedBy})`;
}

interface Raised {
  readonly lines: readonly string[];
  readonly frames: readonly string[];
  /** Index of the line that begins its traceback. */
  readonly head: number;
}

/** What Python prints between two exceptions of `raise … from …`. */
const DIRECT_CAUSE = "The above exception was the direct cause of the following exception:";
/** Exceptions of such a chain that are looked at. */
const MOST_CAUSES = 20;

/** The exceptions of the chain that ends with this one, which is the first of them. */
function chainOf(lines: readonly string[], last: Raised): readonly Raised[] {
  const chain = [last];
  while (chain.length <= MOST_CAUSES) {
    const { head } = chain.at(-1)!;
    let link = head - 1;
    while (link > 0 && lines[link] === "") link--;
    const earlier = lines[link] === DIRECT_CAUSE ? raisedBefore(lines, link) : undefined;
    if (earlier === undefined) break;
    chain.push(earlier);
  }
  return chain;
}

/** How a step ends whose pipeline or node Kedro does not have. */
const NOT_REGISTERED = /Pipeline does not contain nodes named|Failed to find the pipeline named/;
/** What Kedro warns of before, if it could not import the module: then comes the traceback. */
const NOT_IMPORTED = /\bAn error occurred while importing the '[\w.]+' module\b/;
/** Where rich's width has joined an exception to the line of code above. */
const JOINED = / (?=(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception): )/;

/** The traceback in the warning about a module that Kedro left out, if the step ended because of that; else all lines. */
function withoutSkipped(lines: readonly string[]): readonly string[] {
  const ended = raisedBefore(lines, lines.length);
  if (ended === undefined || !NOT_REGISTERED.test(ended.lines.join(" "))) return lines;
  const from = lines.findIndex((line) => NOT_IMPORTED.test(line));
  const isEnd = (line: string, at: number) => at > from && line.trim() === "warnings.warn(";
  const record = from < 0 ? [] : lines.slice(from + 1, lines.findIndex(isEnd));
  const indent = record.find((line) => line.trim().startsWith("Traceback "))?.search(/\S/) ?? 0;
  const traceback = record.map((line) => line.slice(indent))
    .flatMap((line) => line.startsWith("    ") ? line.split(JOINED) : [line]);
  return raisedBefore(traceback, traceback.length) === undefined ? lines : traceback;
}

function raisedBefore(lines: readonly string[], end: number): Raised | undefined {
  const before = lines.slice(0, end);
  const last = before.findLastIndex((line) => FRAME.test(line));
  const at = before.findIndex((line, at) => at > last && line !== "" && !line.startsWith(" "));
  if (last < 0 || at < 0 || !RAISED.test(before[at]!)) return undefined;
  const rest = before.slice(at + 1, at + MOST_LINES);
  const stop = rest.findIndex((line) =>
    line === "" || line === '"""' || /^(?:\[(?!Errno )|Traceback |kedro-azureml: )/.test(line)
  );
  const head = before.slice(0, last + 1).findLastIndex((line) => line.startsWith("Traceback "));
  return {
    lines: [before[at]!, ...rest.slice(0, stop === -1 ? rest.length : stop)],
    frames: before.slice(head + 1, last + 1).flatMap((line) => {
      const frame = FRAME.exec(line)?.slice(1).filter((part) => part !== undefined);
      if (frame === undefined) return [];
      const [file, at, name] = frame;
      return [`${file}:${at}${name === undefined ? "" : ` in ${name}`}`];
    }),
    head,
  };
}

function repeats({ lines }: Raised, other: Raised): boolean {
  const text = (parts: readonly string[]) => parts.join(" ").replaceAll(/\s+/g, " ").trim();
  const [, , message = ""] = RAISED.exec(other.lines[0]!)!;
  const said = text([message, ...other.lines.slice(1)]);
  return lines === other.lines || (said !== "" && text(lines).includes(said));
}

/** Where the code of the project raised an exception, or called what did. */
function placeOf({ frames }: Raised): string | undefined {
  const place = frames.findLast(isPlace);
  return place && withShortPaths(place);
}

function isPlace(frame: string): boolean {
  return frame.startsWith("/") && isOfProject(frame);
}

function isOfProject(frame: string): boolean {
  return !/\/(?:site-packages|dist-packages|lib\/python\d[^/]*|bin)\//.test(frame);
}

/** Text with the paths of a step's folder, which Azure ML names `wd`, and of packages relative to those folders. Pure. */
export function withShortPaths(text: string): string {
  return text.replace(/(?<![^\s'"(])\/(?:[^\s'"/]+\/)*(?:wd|site-packages|dist-packages)\//g, "");
}

/**
 * The end of a log as it is printed below its cause: without the frames of packages, and without an exception that is
 * the cause word for word. Pure.
 *
 * @param count Maximum number of lines.
 */
export function endBelow(log: string, { error }: PythonCause, count: number): string {
  let isPackage = false;
  const lines = withoutRich(log).trimEnd().split("\n").filter((line) => {
    const isFrame = FRAME.test(line);
    if (isFrame) isPackage = !isOfProject(line);
    else if (!line.startsWith("    ")) isPackage = false;
    return !isPackage && !line.startsWith("Traceback ");
  });
  const shown = lines.map((line) => line.trimEnd()).filter((line) => !line.endsWith(error));
  return withShortPaths(shown.slice(-count).join("\n"));
}

/** Kedro's message names the whole dataset between its name and the reason. */
const DATASET = /^([^:]+: )?Failed while (?:loading|saving) data (?:from|to) data ?set .*\.\n(.+)$/is;

/** Its message about a dataset that cannot be created, which begins with a line break, names it last. */
const NOT_CREATED = /^\n([^]+?)\.?\n(?:Failed to instantiate d|D)ata ?set '([^']+)'/i;

function shortError([first = "", ...rest]: readonly string[]): string {
  const [, name, message = ""] = RAISED.exec(first)!;
  const whole = [message, ...rest].join("\n");
  const [, why, notCreated] = NOT_CREATED.exec(whole) ?? [];
  const [, dataset = notCreated === undefined ? "" : `${notCreated}: `, reason = why ?? whole] =
    DATASET.exec(whole) ?? [];
  const [line = ""] = withShortPaths(reason).trimStart().split("\n");
  const missing = /^\[Errno 2\] No such file or directory: '(.+)'$/.exec(line);
  const text = missing === null ? line : `${missing[1]} not found`;
  return `${name}${dataset + text === "" ? "" : `: ${dataset}${text}`}`;
}

/** Sequences with which programs write over lines: to one of the lines above or below, or over a whole one. */
// deno-lint-ignore no-control-regex -- ESC begins them
const MOVES = /(\x1b\[\d*[ABEF]|\x1b\[2K)/;

/** The lines of a log, as a terminal shows them in the end: of text that is written over others, such as progress bars, the last. */
export function linesOf(text: string): readonly string[] {
  const screen: string[] = [];
  let row = 0;
  for (const line of text.replace(/\n$/, "").split("\n")) {
    screen[row] ??= "";
    for (const part of MOVES.test(line) ? line.split(MOVES) : [line]) {
      if (part === "\x1b[2K") screen[row] = "";
      else if (MOVES.test(part)) {
        const rows = Number(/\d+/.exec(part)?.[0] ?? 1);
        row = Math.max(0, row + (/[AF]$/.test(part) ? -rows : Math.min(rows, MOST_DOWN)));
        screen[row] ??= "";
      } else if (part !== "") {
        const bare = trimEnd(part, "\r");
        const start = bare.lastIndexOf("\r") + 1;
        const written = erased(bare.slice(start));
        if (start > 0 || part !== line || written !== "") screen[row] = written;
      }
    }
    row++;
  }
  return Array.from(screen, (line) => line ?? "");
}

/** Rows that a program may go down at once. */
const MOST_DOWN = 100;

/** A text in which each backspace has erased what was before it. */
function erased(text: string): string {
  if (!text.includes("\b")) return text;
  const left: string[] = [];
  for (const character of text) character === "\b" ? left.pop() : left.push(character);
  return left.join("");
}

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
  return unwrappedLines(log.replace(STYLE, "").split(/\r?\n/)).map(([, line]) => line).join("\n");
}

/** Does the same with lines, of which those that stay keep their styles; each with the index of the one it is from. */
export function unwrappedLines(lines: readonly string[]): readonly (readonly [at: number, line: string])[] {
  const plain = lines.map((line) => line.replace(STYLE, ""));
  const unwrapped: (readonly [number, string])[] = [];
  for (let at = 0; at < lines.length;) {
    const [read, shown] = boxAt(plain, at) ?? recordAt(plain, at) ?? [1];
    if (shown) unwrapped.push(...shown.map((line) => [at, line] as const));
    else for (let next = at; next < at + read; next++) unwrapped.push([next, lines[next]!]);
    at += read;
  }
  return unwrapped;
}

/** Whether a line of a traceback begins a frame of an installed package. */
export function isPackageFrame(line: string): boolean {
  return COMPILED.test(line) || FRAME.test(line) && !isOfProject(line);
}

/** A frame of compiled code, as rich prints it. */
const COMPILED = /^ {2}in [\w.]+:\d+$/;

/** How many lines were read, and what is shown in their place (default: they stay). */
type Read = readonly [read: number, shown?: readonly string[]];

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
    return end === at ? undefined : [end - at];
  }
  const shown = unwrapped(inner.filter((line) => !/^[╭╰│]/.test(line)), BOX_WIDTH, CODE).flatMap(frameLine);
  const raised = isEnd ? exceptionAfter(lines, end + 1) : [];
  const head = isHead ? ["Traceback (most recent call last):"] : [];
  return [end - at + (isEnd ? 1 : 0) + raised.length, [...head, ...shown, ...unwrapped(raised, WIDTH)]];
}

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
 * Joins lines that were wrapped at a width; rich breaks words only if they are longer than a line. Where the last part
 * of one fills its line, the next line begins with the space after it.
 *
 * @param start Matches lines that were not wrapped.
 */
function unwrapped(lines: readonly string[], width: number, start?: RegExp): string[] {
  const joined: string[] = [];
  let last = "";
  for (const line of lines) {
    const word = /^\S+/.exec(line)?.[0];
    const isBroken = last.length >= width && !last.includes(" ") && !(/:\d+$/.test(last) && word === "in");
    const isSpaced = last.length === width && !last.includes(" ") && /^ \S/.test(line);
    const isWrapped = last !== "" && word !== undefined && !start?.test(line) &&
      (isBroken || last.length + 1 + word.length > width);
    if (isWrapped || isSpaced) joined.push(`${joined.pop()}${isBroken || isSpaced ? "" : " "}${line}`);
    else joined.push(line);
    last = line;
  }
  return joined;
}
