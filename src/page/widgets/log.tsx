import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { NodeState } from "../../core/run.ts";
import type { StepView } from "../view.ts";
import { linesOf } from "../../core/python_log.ts";
import { type LogLine, plainText, readableLines, spansOf } from "./ansi.ts";
import { logUrl, useLog } from "./polling.ts";
import { toneOf } from "./status.tsx";
import { CheckBox, CopyButton, SearchField } from "./widgets.tsx";
import { sizeText } from "../../core/format.ts";

/** Shows the logs of a step: those embedded in the page, or those that the server has, which grow. */
export function Logs({ step, isLive, place, go, onNodes }: {
  readonly step: StepView;
  readonly isLive: boolean;
  /** The log that is shown, and the line in it that was linked to. */
  readonly place: LogPlace;
  readonly go: (to: LogPlace) => void;
  /** Called with the states of the nodes when the log changes them. */
  readonly onNodes: (runs: readonly NodeState[]) => void;
}) {
  if (isLive && step.startedAt !== undefined) return <LiveLogs {...{ step, place, go, onNodes }} />;
  const logs = step.logs ?? [];
  const log = logs.find(({ name }) => name === place.log) ?? logs[0];
  if (log === undefined) return <NoLogs step={step} />;
  return (
    <>
      <Choice
        files={logs.map(({ name }) => name)}
        file={log.name}
        choose={(log) => go({ log, line: undefined })}
      />
      <LogText
        key={log.name}
        line={place.line}
        link={(line) => go({ log: log.name, line })}
        name={log.name}
        text={log.text}
        omittedBytes={log.omittedBytes}
        title={step.label}
        isAtEnd={toneOf(step.status) === "failed"}
      />
    </>
  );
}

function NoLogs({ step }: { readonly step: StepView }) {
  return (
    <p class="empty">{step.startedAt === undefined ? "No logs: the step has not started." : "No logs."}</p>
  );
}

/** Selects one of the logs, if there are several. */
function Choice({ files, file, choose }: {
  readonly files: readonly string[];
  readonly file: string;
  readonly choose: (file: string) => void;
}) {
  if (files.length < 2) return null;
  return (
    <label class="field">
      <span>Log</span>
      <select value={file} onChange={(event) => choose(event.currentTarget.value)}>
        {files.map((name) => <option key={name} value={name}>{name}</option>)}
      </select>
    </label>
  );
}

interface LogPlace {
  readonly log?: string | undefined;
  readonly line?: string | undefined;
}

function LiveLogs({ step, place, go, onNodes }: {
  readonly step: StepView;
  readonly place: LogPlace;
  readonly go: (to: LogPlace) => void;
  readonly onNodes: (runs: readonly NodeState[]) => void;
}) {
  const hasEnded = step.endedAt !== undefined;
  const { files, file, text, skippedBytes, nodeRuns, isLoading, problem } = useLog(
    step.key,
    place.log,
    hasEnded,
  );
  useEffect(() => onNodes(nodeRuns ?? []), [JSON.stringify(nodeRuns)]);
  if (isLoading) return <p class="empty">Reading the log…</p>;
  if (file === undefined && problem !== undefined) return <p class="empty">Cannot read the log: {problem}</p>;
  if (file === undefined) return <NoLogs step={step} />;
  return (
    <>
      <Choice files={files} file={file} choose={(log) => go({ log, line: undefined })} />
      <LogText
        key={`${file} ${hasEnded}`}
        line={place.line}
        link={(line) => go({ log: file, line })}
        name={file}
        text={text}
        omittedBytes={skippedBytes || undefined}
        title={step.label}
        isGrowing={!hasEnded}
        isAtEnd={toneOf(step.status) === "failed"}
        url={logUrl(step.key, file)}
      />
    </>
  );
}

/** Pixels of the numbers of lines, which link to them. */
const NUMBERS = 52;
/** Maximum number of lines to show; the download has all of them. */
const MOST_LINES = 20_000;

function LogText({ name, text, omittedBytes, title, isGrowing = false, isAtEnd = false, url, line, link }: {
  readonly name: string;
  readonly text: string;
  readonly omittedBytes?: number | undefined;
  /** The step, for the name of a downloaded file. */
  readonly title: string;
  readonly isGrowing?: boolean;
  /** Whether the end is shown first. */
  readonly isAtEnd?: boolean;
  /** Where the server has the whole log. */
  readonly url?: string;
  /** Number of the line that was linked to. */
  readonly line: string | undefined;
  readonly link: (line: string) => void;
}) {
  const [isWrapped, setWrapped] = useState(true);
  const [isRaw, setRaw] = useState(false);
  const [isFollowing, setFollowing] = useState(line === undefined && (isGrowing || isAtEnd));
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
  const lines = all.length > MOST_LINES ? all.slice(-MOST_LINES) : all;
  const hits = useMemo(
    () =>
      low === ""
        ? []
        : lines.flatMap(({ text, frames }, at) => !frames && text.toLowerCase().includes(low) ? [at] : []),
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
    if (clicked === undefined) return;
    if (clicked.frames) {
      setFollowing(false);
      const place = read.indexOf(clicked);
      return setOpened(
        new Set(opened.has(place) ? [...opened].filter((one) => one !== place) : [...opened, place]),
      );
    }
    if (target === element && offsetX < NUMBERS && element!.dataset.line) link(element!.dataset.line);
  };
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current!;
    if (isGrowing) setFollowing(scrollHeight - scrollTop - clientHeight < 24);
    else if (isFollowing && scrollHeight - scrollTop - clientHeight > 48) setFollowing(false);
  };
  const cut = [
    omittedBytes === undefined ? undefined : `${sizeText(omittedBytes)} left out`,
    lines.length < all.length ? `the last ${MOST_LINES.toLocaleString("en")} lines` : undefined,
  ].filter((part) => part !== undefined).join(", ");
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !isFull) return;
    event.stopPropagation();
    setFull(false);
  };
  return (
    <div class={isFull ? "log full" : "log"} onKeyDown={onKeyDown}>
      <div class="log-bar">
        <span class="file">{name}{cut === "" ? "" : ` (${cut})`}</span>
        <span class="find">
          <SearchField
            hint="Search the log"
            value={wanted}
            set={setWanted}
            onEnter={(isBack) => go(isBack ? hit - 1 : hit + 1)}
          />
          {wanted.trim() !== "" && (
            <span role="status">
              {hits.length > 0 ? `${hit + 1} of ${hits.length}` : cut === "" ? "none" : "none in this part"}
            </span>
          )}
        </span>
        {isGrowing && <CheckBox label="Follow" isOn={isFollowing} set={setFollowing} />}
        <CheckBox label="Wrap" isOn={isWrapped} set={setWrapped} />
        <CheckBox label="Raw" isOn={isRaw} set={setRaw} />
        <CopyButton
          text={() =>
            read.flatMap((line) => line.frames ?? [line]).map(({ text }) => plainText(text)).join("\n")}
          label="Copy the log"
        />
        <Download
          text={text}
          name={`${title}-${omittedBytes !== undefined && url === undefined ? "part-of-" : ""}${
            name.split("/").at(-1)
          }`}
          url={url}
        />
        <button
          type="button"
          class="quiet small"
          aria-pressed={isFull}
          onClick={() => setFull(!isFull)}
        >
          {isFull ? "Close" : "Full screen"}
        </button>
      </div>
      <div
        class={isWrapped ? "lines wrapped" : "lines"}
        role="log"
        aria-label={`Log ${name}`}
        aria-live="off"
        tabIndex={0}
        ref={box}
        onScroll={onScroll}
        onClick={onClick}
      >
        <LogLines
          lines={lines}
          isNumbered={url === undefined || omittedBytes === undefined}
          hits={hits}
          current={hits[hit] ?? (linked >= 0 ? linked : undefined)}
        />
      </div>
    </div>
  );
}

/** A link that saves a log: the whole one from the server, or the text that the page has. */
function Download({ text, name, url }: {
  readonly text: string;
  readonly name: string;
  readonly url: string | undefined;
}) {
  const file = name.replace(/[^\w.-]+/g, "_");
  if (url !== undefined) return <a class="quiet small" href={url} download={file}>Download</a>;
  const save = () => {
    const made = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    const link = document.createElement("a");
    link.href = made;
    link.download = file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(made), 1000);
  };
  return <button type="button" class="quiet small" onClick={save}>Download</button>;
}

const BLOCK = 100;
/** The line in a log that says what is left out: the numbers of the lines after it are not known. */
const GAP = /^\[\d+ bytes left out\]$/;
/** The level of a record, after its time and the name of its logger. */
const LEVEL = /^[\[\]\d:.,/TZ+\s|()-]{0,60}(?:[\w.]{1,60}\s-\s)?(?:(ERROR|CRITICAL|FATAL)|WARN(?:ING)?)\b/;
/** A line of source code in a traceback of Rich that raised the exception. */
const ARROW = /^│ ❱ *\d+ │/;
const RAISED = /^(?:\w+\.){0,9}\w*(?:Error|Exception)(?:: |$)/;

/** The lines of a log, in blocks that the browser draws only when they are visible. */
function LogLines({ lines, isNumbered, hits, current }: {
  readonly lines: readonly LogLine[];
  readonly isNumbered: boolean;
  /** Indexes of the lines that match a search, ascending. */
  readonly hits: readonly number[];
  readonly current: number | undefined;
}) {
  const gap = useMemo(() => lines.findIndex(({ text }) => GAP.test(text)), [lines]);
  if (lines.length === 0) return <div class="line dim">The log is empty.</div>;
  const hitLines = new Set(hits);
  const numbered = !isNumbered ? 0 : gap === -1 ? lines.length : gap;
  return (
    <>
      {Array.from({ length: Math.ceil(lines.length / BLOCK) }, (_, at) => {
        const from = at * BLOCK;
        const own = lines.slice(from, from + BLOCK);
        const marks = own.flatMap((_, index) => hitLines.has(from + index) ? [index] : []);
        return (
          <Block
            key={`${lines[0]!.at}-${at}`}
            lines={own}
            from={from}
            numbered={Math.max(0, Math.min(own.length, numbered - from))}
            marks={marks}
            current={current === undefined ? undefined : current - from}
          />
        );
      })}
    </>
  );
}

function Block({ lines, from, numbered, marks, current }: {
  readonly lines: readonly LogLine[];
  readonly from: number;
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
            number={line.at === undefined || at >= numbered ? "" : String(line.at + 1)}
            mark={at === now ? " hit now" : marks.includes(at) ? " hit" : ""}
          />
        ))}
      </div>
    ),
    [lines.map(({ text, at }) => `${at} ${text}`).join("\n"), numbered, marks.join(), now],
  );
}

function Line({ line, at, number, mark }: {
  readonly line: LogLine;
  readonly at: number;
  readonly number: string;
  readonly mark: string;
}) {
  if (line.frames) {
    return (
      <div class="line frames" data-at={at} data-line={number}>
        <button type="button" class="link">▸ {line.text}</button>
        {"\n"}
      </div>
    );
  }
  const spans = spansOf(line.text);
  const plain = spans.map(({ text }) => text).join("");
  const level = LEVEL.exec(plain);
  const isBad = level?.[1] !== undefined || RAISED.test(plain) || ARROW.test(plain);
  return (
    <div class={(isBad ? "line bad" : level ? "line warn" : "line") + mark} data-at={at} data-line={number}>
      {spans.map(({ text, style }, at) =>
        style === undefined ? text : <span key={at} style={style}>{text}</span>
      )}
      {"\n"}
    </div>
  );
}
