/** The first line of an exception, with its class, as Python prints it. */
const RAISED =
  /^(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Exit|Warning|Timeout|NotFound)\b(?::.*)?$/;
/** Escape sequences that style text. */
// deno-lint-ignore no-control-regex -- ESC begins them
const STYLE = /\x1b\[[0-9;:]*m/g;
/** Lines of an exception's message. */
const MOST_LINES = 12;

/**
 * The exception that ended a step, according to its log: the last one after a traceback, with its message. `undefined`
 * if there is none. Pure.
 */
export function exceptionOf(log: string): string | undefined {
  const lines = log.replace(STYLE, "").split(/\r?\n/).map((line) => line.trimEnd());
  const isTraceback = lines.some((line) => line.includes("Traceback (most recent call last)"));
  if (!isTraceback) return undefined;
  const at = lines.findLastIndex((line) => RAISED.test(line));
  if (at === -1) return undefined;
  const rest = lines.slice(at + 1, at + MOST_LINES);
  const end = rest.findIndex((line) => line === "" || /^(?:\s*[│╭╰[]|Traceback)/.test(line));
  return [lines[at]!, ...rest.slice(0, end === -1 ? rest.length : end)].join("\n");
}
