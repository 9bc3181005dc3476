import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { sizeText } from "../../core/format.ts";
import { linesOf } from "../../core/python_log.ts";
import type { NodeState } from "../../core/runs.ts";
import type { LogPart, StepView } from "../view.ts";
import { type LogLine, plainText, readableLines, spansOf } from "./ansi.ts";
import { logUrl, useLog } from "./polling.ts";
import { toneOf } from "./status_text.tsx";
import { CheckBox, CopyButton, SearchField } from "./widgets.tsx";

interface LogsProps {
  readonly step: StepView;
  readonly isLive: boolean;
  /** The log that is shown, and the line in it that was linked to. */
  readonly place: LogPlace;
  readonly go: (to: LogPlace) => void;
  /** Called with the states of the nodes when the log changes them. */
  readonly onNodes: (runs: readonly NodeState[]) => void;
}

interface LogPlace {
  readonly log?: string | undefined;
  readonly line?: string | undefined;
}

/** Shows the logs of a step: those embedded in the page, or those that the server has, which grow. */
export function Logs(props: LogsProps) {
  const { step: { key, startedAt, logs = [] }, isLive, place } = props;
  if (startedAt === undefined) return <p class="dim">No logs: the step has not started.</p>;
  if (isLive) return <ServedLog key={JSON.stringify([key, place.log])} {...props} />;
  const log = logs.find(({ name }) => name === place.log) ?? logs[0];
  if (log === undefined) return <p class="dim">No logs.</p>;
  const { name: file, text, omittedBytes: skippedBytes = 0 } = log;
  return <Log {...props} key={file} {...{ file, text, skippedBytes }} files={logs.map(({ name }) => name)} />;
}

function ServedLog({ onNodes, ...props }: LogsProps) {
  const { step: { key, endedAt }, place } = props;
  const { value: { file, text, files, skippedBytes, nodeRuns }, problem } = useLog(
    key,
    place.log,
    endedAt !== undefined,
  );
  useEffect(() => onNodes(nodeRuns ?? []), [JSON.stringify(nodeRuns)]);
  if (file === undefined) {
    const said = nodeRuns === undefined ? "Reading the log…" : "No logs.";
    return <p class="dim">{problem === undefined ? said : `Cannot read the log: ${problem}`}</p>;
  }
  return (
    <Log
      {...props}
      key={`${file} ${endedAt}`}
      {...{ file, files, text, skippedBytes }}
      isGrowing={endedAt === undefined}
      url={logUrl(key, file)}
    />
  );
}

/** Pixels of the numbers of lines, which link to them. */
const NUMBERS = 52;
/** Maximum number of lines to show; the download has all of them. */
const MOST_LINES = 20_000;
/** Pixels above the end of a log at which it is still followed. */
const NEAR_END = 48;

function Log({ step, files, file, text, skippedBytes, isGrowing = false, url, place: { line }, go: goTo }:
  & Pick<LogsProps, "step" | "place" | "go">
  & Pick<LogPart, "files" | "text" | "skippedBytes">
  & {
    readonly file: string;
    readonly isGrowing?: boolean;
    /** Where the server has the whole log. */
    readonly url?: string;
  }) {
  const [isRaw, setRaw] = useState(false);
  const [isFollowing, setFollowing] = useState(
    line === undefined && (isGrowing || toneOf(step.status) === "failed"),
  );
  const [isFull, setFull] = useState(false);
  const [wanted, setWanted] = useState("");
  const [hit, setHit] = useState(0);
  /** The places of the frames of packages that are shown. */
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const box = useRef<HTMLDivElement>(null);
  const low = wanted.trim().toLowerCase();
  const read = useMemo<readonly LogLine[]>(
    () => text === "" ? [] : isRaw ? linesOf(text).map((text, at) => ({ text, at })) : readableLines(text),
    [text, isRaw],
  );
  const all = useMemo(
    () =>
      read.flatMap((line, place): readonly LogLine[] =>
        line.frames && (low !== "" || opened.has(place)) ? [line, ...line.frames] : [line]
      ),
    [read, opened, low !== ""],
  );
  const lines = useMemo(() => all.slice(-MOST_LINES), [all]);
  const hits = useMemo(
    () =>
      lines.flatMap(({ text, frames }, at) =>
        low !== "" && !frames && text.toLowerCase().includes(low) ? [at] : []
      ),
    [lines, low],
  );
  const linked = useMemo(
    () => line === undefined ? -1 : lines.findLastIndex(({ at }) => at !== undefined && at < Number(line)),
    [lines, line],
  );
  useEffect(() => {
    if (isFollowing && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [text, isFollowing, isFull]);
  const showLine = (at: number | undefined) =>
    box.current?.querySelector(`[data-at="${at}"]`)?.scrollIntoView({ block: "center" });
  useEffect(() => {
    if (linked >= 0 && !isFollowing) showLine(linked);
  }, [line, isRaw]);
  const go = (to: number) => {
    if (hits.length === 0) return;
    const next = (to + hits.length) % hits.length;
    setHit(next);
    setFollowing(false);
    showLine(hits[next]);
  };
  useEffect(() => go(0), [low]);
  const onClick = ({ target, offsetX }: MouseEvent) => {
    const element = (target as Element).closest<HTMLElement>(".line");
    const clicked = element ? lines[Number(element.dataset.at)] : undefined;
    if (clicked?.frames) {
      setFollowing(false);
      setOpened(opened.symmetricDifference(new Set([read.indexOf(clicked)])));
    } else if (target === element && offsetX < NUMBERS && element!.dataset.line) {
      goTo({ log: file, line: element!.dataset.line });
    }
  };
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current!;
    const isAtEnd = scrollHeight - scrollTop - clientHeight <= NEAR_END;
    if (isGrowing || !isAtEnd) setFollowing(isAtEnd);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !isFull) return;
    event.stopPropagation();
    setFull(false);
  };
  const cut = [
    ...skippedBytes > 0 ? [`${sizeText(skippedBytes)} left out`] : [],
    ...lines.length < all.length ? [`the last ${MOST_LINES.toLocaleString("en")} lines`] : [],
  ].join(", ");
  const saved = `${step.label}-${skippedBytes > 0 && url === undefined ? "part-of-" : ""}${
    file.split("/").at(-1)
  }`;
  return (
    <div class={isFull ? "log full" : "log"} onKeyDown={onKeyDown}>
      <div class="log-bar">
        {files.length > 1 && (
          <select
            aria-label="Log"
            value={file}
            onChange={(event) => goTo({ log: event.currentTarget.value, line: undefined })}
          >
            {files.map((name) => <option key={name} value={name}>{name}</option>)}
          </select>
        )}
        {cut !== "" && <span>{cut}</span>}
        <span class="find">
          <SearchField
            hint="Search the log"
            value={wanted}
            set={setWanted}
            onEnter={(isBack) => go(isBack ? hit - 1 : hit + 1)}
          />
          {low !== "" && (
            <span role="status">
              {hits.length > 0 ? `${hit + 1} of ${hits.length}` : cut === "" ? "none" : "none in this part"}
            </span>
          )}
        </span>
        <CheckBox label="Raw" isOn={isRaw} set={setRaw} />
        <CopyButton
          text={() =>
            read.flatMap((line) => line.frames ?? [line]).map(({ text }) => plainText(text)).join("\n")}
          label="Copy the log"
        />
        <a
          class="quiet"
          href={url ?? `data:text/plain;charset=utf-8,${encodeURIComponent(text.toWellFormed())}`}
          download={saved.replace(/[^\w.-]+/g, "_")}
        >
          Download
        </a>
        <button
          type="button"
          class="quiet"
          aria-label="Full screen"
          title="Full screen"
          aria-pressed={isFull}
          onClick={() => setFull(!isFull)}
        >
          {isFull ? "Close" : "⤢"}
        </button>
      </div>
      <div
        class={isRaw ? "lines raw" : "lines"}
        role="log"
        aria-label={`Log ${file}`}
        aria-live="off"
        tabIndex={0}
        ref={box}
        onScroll={onScroll}
        onClick={onClick}
      >
        <LogLines
          lines={lines}
          isNumbered={url === undefined || skippedBytes === 0}
          hits={hits}
          current={hits[hit] ?? (linked >= 0 ? linked : undefined)}
        />
      </div>
    </div>
  );
}

const BLOCK = 100;
/** The line in a log that says what is left out: the numbers of the lines after it are not known. */
const GAP = /^\[\d+ bytes left out\]$/;
/** The level of a record, after its time and the name of its logger. */
const LEVEL = /^[\[\]\d:.,/TZ+\s|()-]{0,60}(?:[\w.]{1,60}\s-\s)?(?:(ERROR|CRITICAL|FATAL)|WARN(?:ING)?)\b/;
/** A line of source code in a traceback of Rich that raised the exception, and one that names the exception. */
const RAISED = /^(?:│ ❱ *\d+ │|(?:\w+\.){0,9}\w*(?:Error|Exception)(?:: |$))/;

/** The lines of a log, in blocks that the browser draws only when they are visible. */
function LogLines({ lines, isNumbered, hits, current }: {
  readonly lines: readonly LogLine[];
  readonly isNumbered: boolean;
  /** Indexes of the lines that match a search. */
  readonly hits: readonly number[];
  readonly current: number | undefined;
}) {
  const gap = useMemo(() => lines.findIndex(({ text }) => GAP.test(text)), [lines]);
  if (lines.length === 0) return <div class="line dim">The log is empty.</div>;
  const marks = new Map(hits.map((at) => [at, " hit"]));
  if (current !== undefined) marks.set(current, " hit now");
  const numbered = !isNumbered ? 0 : gap === -1 ? lines.length : gap;
  return (
    <>
      {Array.from({ length: Math.ceil(lines.length / BLOCK) }, (_, block) => {
        const own = lines.slice(block * BLOCK, (block + 1) * BLOCK).map((line, index) => {
          const at = block * BLOCK + index;
          const number = line.at === undefined || at >= numbered ? "" : String(line.at + 1);
          return { line, at, number, mark: marks.get(at) ?? "" };
        });
        return <Block key={`${lines[0]!.at}-${block}`} lines={own} />;
      })}
    </>
  );
}

function Block({ lines }: {
  readonly lines: readonly {
    readonly line: LogLine;
    readonly at: number;
    readonly number: string;
    readonly mark: string;
  }[];
}) {
  return useMemo(
    () => (
      <div class="block">
        {lines.map(({ line: { text, frames }, at, number, mark }) => {
          const spans = frames ? [] : spansOf(text);
          const plain = spans.map(({ text }) => text).join("");
          const level = LEVEL.exec(plain);
          const kind = level?.[1] !== undefined || RAISED.test(plain) ? " bad" : level ? " warn" : "";
          return (
            <div key={at} class={`line${kind}${mark}`} data-at={at} data-line={number}>
              {frames && <button type="button" class="link">▸ {text}</button>}
              {spans.map(({ text, style }, at) =>
                style === undefined ? text : <span key={at} style={style}>{text}</span>
              )}
              {"\n"}
            </div>
          );
        })}
      </div>
    ),
    [lines.map(({ line, number, mark }) => `${number}${mark} ${line.text}`).join("\n")],
  );
}
