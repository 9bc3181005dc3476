/** @jsxImportSource preact */
/// <reference lib="dom" />
import { useEffect, useState } from "preact/hooks";
import { toneOf } from "../logic/format.ts";
import { linesOf, spansOf } from "../logic/ansi.ts";
import type { RunView } from "../view.ts";
import { Steps } from "../widgets/steps.tsx";
import { TimelineBars } from "../widgets/timeline.tsx";
import { metricRows, Metrics } from "./metrics.tsx";

/** Lines of a log on paper. */
const PRINTED_LINES = 60;

/** What is only on paper: all views of the run, one after the other. */
export function Printed({ run, now }: { readonly run: RunView; readonly now: number }) {
  const rows = metricRows(run);
  const failed = run.steps.filter(({ status }) => toneOf(status) === "failed");
  return (
    <div class="printed">
      <h2>Steps</h2>
      <Steps steps={run.steps} now={now} selected={undefined} select={() => {}} />
      {rows.length > 0 && <h2>Metrics</h2>}
      {rows.length > 0 && <Metrics rows={rows} select={() => {}} />}
      <h2>Timeline</h2>
      <TimelineBars run={run} steps={run.steps} now={now} selected={undefined} select={() => {}} />
      {failed.map(({ key, label, logs = [] }) => (
        <div key={key}>
          <h2>Log of {label}</h2>
          <pre>{plainEnd(logs[0]?.text ?? "")}</pre>
        </div>
      ))}
    </div>
  );
}

/** The end of a log without colors. */
function plainEnd(log: string): string {
  return linesOf(log).slice(-PRINTED_LINES).map((line) => spansOf(line).map(({ text }) => text).join(""))
    .join("\n");
}

/** Whether the page is being printed. */
export function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    const [start, end] = [() => setPrinting(true), () => setPrinting(false)];
    addEventListener("beforeprint", start);
    addEventListener("afterprint", end);
    return () => {
      removeEventListener("beforeprint", start);
      removeEventListener("afterprint", end);
    };
  }, []);
  return isPrinting;
}
