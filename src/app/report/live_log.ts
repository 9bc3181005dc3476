import { ownValue } from "../../core/json.ts";
import { smallTransferLimit } from "../../azureml/client/limits.ts";
import { logsToShow, mayHaveLogs, userLogs } from "../../azureml/runs/history.ts";
import { openRun, type RunStep } from "../../azureml/runs/run.ts";
import { readAll, readEnds, readPart } from "../../azureml/storage/read.ts";
import { redact } from "../../core/secrets.ts";
import type { LogPart, LogSearch } from "../../page/view.ts";
import { lastNodeRuns } from "./read_steps.ts";
import type { RunTarget } from "../runs/targets.ts";

/** Maximum number of bytes per response; a page that opens a longer log starts near its end. */
const MOST_PER_RESPONSE = 256 * 1024;
/** Maximum number of bytes of a log that is searched. */
const MOST_SEARCHED = 2_000_000;
const NEWLINE = 10;

/** Reads a whole log of a step, with secrets masked; `undefined` if there is none that can be read. */
export async function readWholeLog(
  { workspace, name, openHistory }: RunTarget,
  query: URLSearchParams,
): Promise<string | undefined> {
  const opened = await openRun(workspace, name, openHistory);
  const step = opened.steps.find(({ key }) => key === query.get("step"));
  const url = step && ownValue(await opened.logFiles(step), query.get("file") ?? "");
  const text = url && await readAll(workspace, url);
  return text === undefined ? undefined : redact(text);
}

/**
 * Reads a part of a step's log: whole lines only, unless the step has ended or a line is longer than a response.
 *
 * @param query `step`; `file` (default: the first log of the step's own code); `from`, an offset in bytes, negative for
 *   the end.
 */
export async function readLogPart(
  { workspace, name, openHistory }: RunTarget,
  query: URLSearchParams,
): Promise<LogPart> {
  const opened = await openRun(workspace, name, openHistory);
  const step = opened.steps.find(({ key }) => key === query.get("step"));
  const run = step?.run;
  const logs = step === undefined ? {} : await opened.logFiles(step);
  const files = Object.keys(logs).sort();
  const file = query.get("file") ?? logsToShow(logs)[0]?.[0];
  const url = ownValue(logs, file ?? "");
  if (run === undefined || file === undefined || url === undefined) {
    return { files, text: "", next: 0, skippedBytes: 0 };
  }
  const askedFrom = Number(query.get("from"));
  const from = Number.isSafeInteger(askedFrom) ? askedFrom : 0;
  const unread = { bytes: new Uint8Array(), begin: Math.max(0, from), total: Math.max(0, from) };
  const { bytes, begin, total } =
    await readPart(workspace, { action: "read a log", url }, from, MOST_PER_RESPONSE) ?? unread;
  // The lines about nodes may be anywhere in the log of a step that runs several.
  const isCut = begin > 0 && from < 0 && step!.nodes !== undefined;
  const isWhole = run.endedAt !== undefined && begin + bytes.length === total;
  const lastLine = bytes.lastIndexOf(NEWLINE) + 1;
  // One line may be longer than a response.
  const wholeLines = lastLine > 0 || bytes.length < MOST_PER_RESPONSE ? lastLine : MOST_PER_RESPONSE;
  const length = isWhole ? bytes.length : wholeLines;
  // The end of a long log begins within a line, in which a secret would not be recognized.
  const start = from < 0 && begin > 0 ? bytes.subarray(0, length).indexOf(NEWLINE) + 1 : 0;
  const text = redact(new TextDecoder().decode(bytes.subarray(start, length)));
  return {
    files,
    file,
    text,
    next: begin + length,
    skippedBytes: from < 0 ? begin + start : 0,
    nodeRuns: lastNodeRuns(isCut ? redact(await readAll(workspace, url) ?? "") : text),
  };
}

/** Finds the steps whose logs contain a text, ignoring case; reads the beginning and the end of long logs only. */
export async function searchLogs(
  { workspace, name, openHistory }: RunTarget,
  text: string,
): Promise<LogSearch> {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return { steps: [] };
  const opened = await openRun(workspace, name, openHistory);
  const limit = smallTransferLimit();
  const contains = async (step: RunStep) => {
    if (step.run === undefined || !mayHaveLogs(step.run)) return false;
    for (const [, url] of userLogs(await opened.logFiles(step))) {
      const log = await readEnds(workspace, url, MOST_SEARCHED);
      if (redact(log?.text ?? "").toLowerCase().includes(wanted)) return true;
    }
    return false;
  };
  const hasText = await Promise.all(opened.steps.map((step) => limit(() => contains(step))));
  return { steps: opened.steps.filter((_, at) => hasText[at]).map(({ key }) => key) };
}
