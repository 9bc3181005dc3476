/** @jsxImportSource preact */
/// <reference lib="dom" />
import { useMemo } from "preact/hooks";
import { spansOf } from "../logic/ansi.ts";

const BLOCK = 100;
/** The line in a log that says what is left out: the numbers of the lines after it are not known. */
const GAP = /^\[\d+ bytes left out\]$/;
const SERIOUS = /\b(ERROR|CRITICAL|FATAL|Traceback|Exception)\b/;
/** A line of source code in a traceback of Rich; the arrow marks the one that raised the exception. */
const SOURCE = /^│ (❱| ) *\d+ │/;
const RAISED = /^[\w.]+(?:Error|Exception): /;

/** The lines of a log, in blocks that the browser draws only when they are visible. */
export function LogLines({ lines, first, isNumbered, hits, current }: {
  readonly lines: readonly string[];
  /** Number of the first line. */
  readonly first: number;
  readonly isNumbered: boolean;
  /** Indexes of the lines that match a search, ascending. */
  readonly hits: readonly number[];
  readonly current: number | undefined;
}) {
  const gap = useMemo(() => lines.findIndex((line) => GAP.test(line)), [lines]);
  if (lines.length === 0) return <div class="line dim">The log is empty.</div>;
  const hitLines = new Set(hits);
  return (
    <>
      {Array.from({ length: Math.ceil(lines.length / BLOCK) }, (_, at) => {
        const from = at * BLOCK;
        const own = lines.slice(from, from + BLOCK);
        const marks = own.flatMap((_, index) => hitLines.has(from + index) ? [index] : []);
        return (
          <Block
            key={`${first}-${at}`}
            lines={own}
            from={from}
            first={isNumbered ? first : undefined}
            numbered={gap === -1 ? own.length : Math.max(0, gap - from)}
            marks={marks}
            current={current === undefined ? undefined : current - from}
          />
        );
      })}
    </>
  );
}

function Block({ lines, from, first, numbered, marks, current }: {
  readonly lines: readonly string[];
  readonly from: number;
  readonly first: number | undefined;
  /** How many of its lines have known numbers. */
  readonly numbered: number;
  readonly marks: readonly number[];
  readonly current: number | undefined;
}) {
  const now = current !== undefined && current >= 0 && current < lines.length ? current : undefined;
  return useMemo(
    () => (
      <div class="block">
        {lines.map((line, at) => (
          <Line
            key={at}
            line={line}
            at={from + at}
            number={first === undefined || at >= numbered ? "" : String(first + from + at)}
            mark={at === now ? " hit now" : marks.includes(at) ? " hit" : ""}
          />
        ))}
      </div>
    ),
    [lines.join("\n"), first, numbered, marks.join(), now],
  );
}

function Line({ line, at, number, mark }: {
  readonly line: string;
  readonly at: number;
  readonly number: string;
  readonly mark: string;
}) {
  const source = SOURCE.exec(line)?.[1];
  const isBad = source === undefined ? SERIOUS.test(line) || RAISED.test(line) : source === "❱";
  const kind = isBad ? "line bad" : /\bWARN(ING)?\b/.test(line) ? "line warn" : "line";
  return (
    <div class={kind + mark} data-at={at} data-line={number}>
      {spansOf(line).map(({ text, style }, at) =>
        style === "" ? text : <span key={at} class={style}>{text}</span>
      )}
      {"\n"}
    </div>
  );
}
