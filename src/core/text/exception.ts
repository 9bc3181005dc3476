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
}

/** The last exception after a traceback in a step's log, with its message; `undefined` if there is none. */
export function exceptionOf(log: string): string | undefined {
  return lastRaised(log)?.lines.join("\n");
}

/** The exception that ended a step, in one line, and where the code of the project raised it. Pure. */
export function causeOf(log: string): PythonCause | undefined {
  const raised = lastRaised(log);
  if (raised === undefined) return undefined;
  const place = raised.frames.findLast((frame) => frame.startsWith("/") && isOfProject(frame));
  return { error: shortError(raised.lines), ...(place && { place: withShortPaths(place) }) };
}

/** The last exception, and the frames of its traceback. */
function lastRaised(
  log: string,
): { readonly lines: readonly string[]; readonly frames: readonly string[] } | undefined {
  const lines = withoutRich(log).split("\n").map((line) => line.trimEnd());
  const last = lines.findLastIndex((line) => FRAME.test(line));
  const at = lines.findIndex((line, at) => at > last && line !== "" && !line.startsWith(" "));
  if (last < 0 || at < 0 || !RAISED.test(lines[at]!)) return undefined;
  const rest = lines.slice(at + 1, at + MOST_LINES);
  const end = rest.findIndex((line) =>
    line === "" || /^(?:\[(?!Errno )|Traceback |kedro-azureml: )/.test(line)
  );
  const head = lines.slice(0, last + 1).findLastIndex((line) => line.startsWith("Traceback "));
  return {
    lines: [lines[at]!, ...rest.slice(0, end === -1 ? rest.length : end)],
    frames: lines.slice(head + 1, last + 1).flatMap((line) => {
      const frame = FRAME.exec(line)?.slice(1).filter((part) => part !== undefined);
      return frame === undefined ? [] : [`${frame[0]}:${frame[1]} in ${frame[2]}`];
    }),
  };
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
