/** @jsxImportSource preact */

/// <reference lib="dom" />

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { NodeState } from "../../core/run.ts";
import type { StepView } from "../view.ts";
import { linesOf, spansOf } from "./ansi.ts";
import { logUrl, useLog } from "./polling.ts";
import { toneOf } from "./status.tsx";
import { CheckBox, CopyButton, SearchField } from "./widgets.tsx";
import { sizeText } from "../../core/format.ts";

/** Shows the logs of a step: those embedded in the page, or those that the server has, which grow. */
export function Logs({ step, isLive, onNodes }: {
  readonly step: StepView;
  readonly isLive: boolean;
  /** Called with the states of the nodes when the log changes them. */
  readonly onNodes: (runs: readonly NodeState[]) => void;
}) {
  const [chosen, choose] = useState<string>();
  if (isLive && step.startedAt !== undefined) {
    return <LiveLogs step={step} chosen={chosen} choose={choose} onNodes={onNodes} />;
  }
  const logs = step.logs ?? [];
  const log = logs.find(({ name }) => name === chosen) ?? logs[0];
  if (log === undefined) return <NoLogs step={step} />;
  return (
    <>
      <Choice files={logs.map(({ name }) => name)} file={log.name} choose={choose} />
      <LogText
        key={log.name}
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

function LiveLogs({ step, chosen, choose, onNodes }: {
  readonly step: StepView;
  readonly chosen: string | undefined;
  readonly choose: (file: string) => void;
  readonly onNodes: (runs: readonly NodeState[]) => void;
}) {
  const hasEnded = step.endedAt !== undefined;
  const { files, file, text, skippedBytes, nodeRuns, isLoading, problem } = useLog(
    step.key,
    chosen,
    hasEnded,
  );
  useEffect(() => onNodes(nodeRuns ?? []), [JSON.stringify(nodeRuns)]);
  if (isLoading) return <p class="empty">Reading the log…</p>;
  if (file === undefined && problem !== undefined) return <p class="empty">Cannot read the log: {problem}</p>;
  if (file === undefined) return <NoLogs step={step} />;
  return (
    <>
      <Choice files={files} file={file} choose={choose} />
      <LogText
        key={`${file} ${hasEnded}`}
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

/** Maximum number of lines to show; the download has all of them. */
const MOST_LINES = 20_000;

function LogText({ name, text, omittedBytes, title, isGrowing = false, isAtEnd = false, url }: {
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
}) {
  // Not wrapped by default: Kedro formats its logs in columns.
  const [isWrapped, setWrapped] = useState(false);
  const [isFollowing, setFollowing] = useState(isGrowing || isAtEnd);
  const [isFull, setFull] = useState(false);
  const [wanted, setWanted] = useState("");
  const [hit, setHit] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const all = useMemo(() => text === "" ? [] : linesOf(text), [text]);
  const lines = all.length > MOST_LINES ? all.slice(-MOST_LINES) : all;
  const hits = useMemo(() => {
    const low = wanted.trim().toLowerCase();
    return low === "" ? [] : lines.flatMap((line, at) => line.toLowerCase().includes(low) ? [at] : []);
  }, [lines, wanted]);
  useEffect(() => {
    if (isFollowing && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [text, isFollowing, isFull]);
  const go = (to: number) => {
    if (hits.length === 0) return;
    const next = (to + hits.length) % hits.length;
    setHit(next);
    setFollowing(false);
    box.current?.querySelector(`[data-at="${hits[next]}"]`)?.scrollIntoView({ block: "center" });
  };
  useEffect(() => go(0), [wanted]);
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
            <span role="status">{hits.length === 0 ? "none" : `${hit + 1} of ${hits.length}`}</span>
          )}
        </span>
        {isGrowing && <CheckBox label="Follow" isOn={isFollowing} set={setFollowing} />}
        <CheckBox label="Wrap" isOn={isWrapped} set={setWrapped} />
        <CopyButton text={all.join("\n")} label="Copy the log" />
        <Download text={text} name={`${title}-${name.split("/").at(-1)}`} url={url} />
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
      >
        <LogLines
          lines={lines}
          first={all.length - lines.length + 1}
          isNumbered={url === undefined || omittedBytes === undefined}
          hits={hits}
          current={hits[hit]}
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

/// <reference lib="dom" />

const BLOCK = 100;
/** The line in a log that says what is left out: the numbers of the lines after it are not known. */
const GAP = /^\[\d+ bytes left out\]$/;
const SERIOUS = /\b(ERROR|CRITICAL|FATAL|Traceback|Exception)\b/;
/** A line of source code in a traceback of Rich; the arrow marks the one that raised the exception. */
const SOURCE = /^│ (❱| ) *\d+ │/;
const RAISED = /^[\w.]+(?:Error|Exception): /;

/** The lines of a log, in blocks that the browser draws only when they are visible. */
function LogLines({ lines, first, isNumbered, hits, current }: {
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
