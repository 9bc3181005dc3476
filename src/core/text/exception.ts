import { withoutRich } from "./rich.ts";

/** A frame of a traceback, as Python and as rich print it. */
const FRAME = /^ {2}(?:File "([^"]+)", line (\d+), in (.+)|([^\s:][^:]*):(\d+) in (\S+))$/;
/** The class of an exception, with its module, and its message. */
const RAISED = /^(?:[A-Za-z_]\w*\.)*([A-Za-z_]\w*)(?::(?: (.*))?)?$/;
/** Lines of an exception's message. */
const MOST_LINES = 12;

/** Why Python code failed. */
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
  const lines = withoutRich(log).split("\n").map((line) => line.trimEnd());
  const last = raisedBefore(lines, lines.length);
  if (last === undefined) return undefined;
  const first = firstOf(lines, last);
  const isOwn = last.frames.slice(-1).some(isPlace);
  const isFirst = !isOwn && !repeats(last, first);
  const told = isFirst ? first : last;
  const place = placeOf(told) ?? placeOf(isFirst ? last : first);
  const cause = { error: shortError(told.lines), exception: told.lines.join("\n") };
  const placed = place === undefined ? cause : { ...cause, place };
  if (!isOwn || first === last) return placed;
  const at = placeOf(first);
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

/** An exception in a log, and the frames of its traceback. */
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

/** The first exception of the chain that ends with this one. */
function firstOf(lines: readonly string[], last: Raised): Raised {
  let first = last;
  for (let count = 0; count < MOST_CAUSES; count++) {
    let link = first.head - 1;
    while (link > 0 && lines[link] === "") link--;
    const earlier = lines[link] === DIRECT_CAUSE ? raisedBefore(lines, link) : undefined;
    if (earlier === undefined) break;
    first = earlier;
  }
  return first;
}

/** The last exception before a line. */
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
      return frame === undefined ? [] : [`${frame[0]}:${frame[1]} in ${frame[2]}`];
    }),
    head,
  };
}

/** Whether the message of an exception contains that of another one. */
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

/** Whether a frame is in a file of the project. */
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
