/** @jsxImportSource preact */
/// <reference lib="dom" />
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { linesOf, spansOf } from "../logic/ansi.ts";
import { bytesText } from "../logic/format.ts";
import type { NodeRunView, StepView } from "../view.ts";
import { useLog } from "./live.ts";
import { CopyButton } from "./widgets.tsx";

/** Shows the logs of a step: those embedded in the page, or those that the server has, which grow. */
export function Logs({ step, isLive, onNodes }: {
  readonly step: StepView;
  readonly isLive: boolean;
  /** Called with the states of the nodes when the log changes them. */
  readonly onNodes: (runs: readonly NodeRunView[]) => void;
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
      <LogText name={log.name} text={log.text} omittedBytes={log.omittedBytes} />
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
  readonly onNodes: (runs: readonly NodeRunView[]) => void;
}) {
  const hasEnded = step.endedAt !== undefined;
  const { files, file, text, skippedBytes, nodeRuns, isLoading } = useLog(step.key, chosen, hasEnded);
  useEffect(() => onNodes(nodeRuns ?? []), [JSON.stringify(nodeRuns)]);
  if (isLoading) return <p class="empty">Reading the log…</p>;
  if (file === undefined) return <NoLogs step={step} />;
  return (
    <>
      <Choice files={files} file={file} choose={choose} />
      <LogText
        key={`${file} ${hasEnded}`}
        name={file}
        text={text}
        omittedBytes={skippedBytes || undefined}
        isGrowing={!hasEnded}
      />
    </>
  );
}

/** Maximum number of lines to show. */
const MOST_LINES = 5000;
const BLOCK = 100;

function LogText({ name, text, omittedBytes, isGrowing = false }: {
  readonly name: string;
  readonly text: string;
  readonly omittedBytes?: number | undefined;
  readonly isGrowing?: boolean;
}) {
  // Not wrapped by default: Kedro formats its logs in columns.
  const [isWrapped, setWrapped] = useState(false);
  const [isFollowing, setFollowing] = useState(isGrowing);
  const box = useRef<HTMLDivElement>(null);
  const all = useMemo(() => text === "" ? [] : linesOf(text), [text]);
  const lines = all.length > MOST_LINES ? all.slice(-MOST_LINES) : all;
  useEffect(() => {
    if (isFollowing && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [text, isFollowing]);
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current!;
    if (isGrowing) setFollowing(scrollHeight - scrollTop - clientHeight < 24);
  };
  const cut = [
    omittedBytes === undefined ? undefined : `${bytesText(omittedBytes)} left out`,
    lines.length < all.length ? `the last ${MOST_LINES.toLocaleString("en")} lines` : undefined,
  ].filter((part) => part !== undefined).join(", ");
  return (
    <div class="log">
      <div class="log-bar">
        <span class="file">{name}{cut === "" ? "" : ` (${cut})`}</span>
        {isGrowing && (
          <label>
            <input
              type="checkbox"
              checked={isFollowing}
              onChange={(event) => setFollowing(event.currentTarget.checked)}
            />{" "}
            Follow
          </label>
        )}
        <label>
          <input
            type="checkbox"
            checked={isWrapped}
            onChange={(event) => setWrapped(event.currentTarget.checked)}
          />{" "}
          Wrap
        </label>
        <CopyButton text={all.join("\n")} label="Copy the log" />
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
        {lines.length === 0
          ? <div class="line dim">The log is empty.</div>
          : blocks(lines).map((block, at) => (
            <Block key={`${all.length - lines.length}-${at}`} lines={block} />
          ))}
      </div>
    </div>
  );
}

function Block({ lines }: { readonly lines: readonly string[] }) {
  const text = lines.join("\n");
  return useMemo(
    () => <div class="block">{lines.map((line, at) => <Line key={at} line={line} />)}</div>,
    [text],
  );
}

const SERIOUS = /\b(ERROR|CRITICAL|FATAL|Traceback|Exception)\b/;

function Line({ line }: { readonly line: string }) {
  const kind = SERIOUS.test(line) ? "line bad" : /\bWARN(ING)?\b/.test(line) ? "line warn" : "line";
  return (
    <div class={kind}>
      {spansOf(line).map(({ text, style }, at) =>
        style === "" ? text : <span key={at} class={style}>{text}</span>
      )}
      {"\n"}
    </div>
  );
}

function blocks(lines: readonly string[]): readonly (readonly string[])[] {
  return Array.from(
    { length: Math.ceil(lines.length / BLOCK) },
    (_, at) => lines.slice(at * BLOCK, at * BLOCK + BLOCK),
  );
}
