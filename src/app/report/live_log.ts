import { ownValue } from "../../core/json.ts";
import { readStorage } from "../../azureml/storage/blobs.ts";
import { smallTransferLimit } from "../../azureml/client/limits.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import { userLogs } from "../../azureml/runs/history.ts";
import { addedBytes, readEnds } from "../../azureml/storage/blobs.ts";
import { mayHaveLogs, producerOf, type StepRun } from "../../azureml/runs/history.ts";
import { getJobRuns } from "../../azureml/runs/run.ts";
import { redact } from "../../core/secrets.ts";
import type { LogPart, LogSearch } from "../../page/view.ts";
import { lastNodeRuns } from "./read_steps.ts";
import type { PageTarget } from "./run_page.ts";
import { isError } from "../../core/net/azure_http.ts";

/** Maximum number of bytes per response; a page that opens a longer log starts near its end. */
const MOST_PER_RESPONSE = 256 * 1024;
/** Maximum number of bytes of a log that is searched. */
const MOST_SEARCHED = 2_000_000;
const NEWLINE = 10;

/** Reads a whole log of a step, with secrets masked; `undefined` if there is none that can be read. */
export async function readWholeLog(
  { workspace, name, openHistory }: PageTarget,
  query: URLSearchParams,
): Promise<string | undefined> {
  const { steps, history } = await getJobRuns(workspace, name, openHistory);
  const run = steps.find(({ key }) => key === query.get("step"))?.run;
  const url = run && ownValue(await history.logFiles(producerOf(run)), query.get("file") ?? "");
  if (url === undefined) return undefined;
  const { response, bytes } = await readStorage(workspace, { action: "read a log", url });
  if (isError(response)) return undefined;
  return redact(new TextDecoder().decode(bytes));
}

/**
 * Reads a part of a step's log: whole lines only, unless the step has ended or a line is longer than a response.
 *
 * @param query `step`; `file` (default: the first log of the step's own code); `from`, an offset in bytes, negative for
 *   the end.
 */
export async function readLogPart(
  target: PageTarget,
  query: URLSearchParams,
): Promise<LogPart> {
  const { workspace, name, openHistory } = target;
  const { steps, history } = await getJobRuns(workspace, name, openHistory);
  const step = steps.find(({ key }) => key === query.get("step"));
  const run = step?.run;
  const logs = run === undefined ? {} : await history.logFiles(producerOf(run));
  const files = Object.keys(logs).sort();
  const file = query.get("file") ?? userLogs(logs)[0]?.[0] ?? files[0];
  const url = ownValue(logs, file ?? "");
  if (run === undefined || file === undefined || url === undefined) {
    return { files, text: "", next: 0, skippedBytes: 0 };
  }
  const askedFrom = Number(query.get("from"));
  const from = Number.isSafeInteger(askedFrom) ? askedFrom : 0;
  const { bytes, begin, total } = await readFrom(workspace, url, from);
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
    nodeRuns: lastNodeRuns(
      isCut ? await readWholeLog(target, new URLSearchParams({ step: step!.key, file })) ?? text : text,
    ),
  };
}

/** Reads at most {@linkcode MOST_PER_RESPONSE} bytes of a log from an offset on, or its end. */
async function readFrom(
  workspace: Workspace,
  url: string,
  from: number,
): Promise<{ readonly bytes: Uint8Array; readonly begin: number; readonly total: number }> {
  const action = "read a log";
  let begin = from;
  if (from < 0) {
    const { response } = await readStorage(workspace, { action, method: "HEAD", url });
    begin = Math.max(0, Number(response.headers.get("content-length") ?? 0) - MOST_PER_RESPONSE);
  }
  const headers = { range: `bytes=${begin}-${begin + MOST_PER_RESPONSE - 1}` };
  const { response, bytes } = await readStorage(workspace, { action, url, headers });
  // A log that has nothing new has no such range.
  const added = isError(response) ? undefined : addedBytes(response, bytes, begin);
  const total = /\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1];
  return {
    bytes: (added ?? new Uint8Array()).subarray(0, MOST_PER_RESPONSE),
    begin,
    total: total === undefined ? begin + (added?.length ?? 0) : Number(total),
  };
}

/** Finds the steps whose logs contain a text, ignoring case; reads the beginning and the end of long logs only. */
export async function searchLogs(
  { workspace, name, openHistory }: PageTarget,
  text: string,
): Promise<LogSearch> {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return { steps: [] };
  const { steps, history } = await getJobRuns(workspace, name, openHistory);
  const limit = smallTransferLimit();
  const contains = async (run: StepRun | undefined) => {
    if (run === undefined || !mayHaveLogs(run)) return false;
    for (const [, url] of userLogs(await history.logFiles(producerOf(run)))) {
      const log = await readEnds(workspace, url, MOST_SEARCHED);
      if (redact(log?.text ?? "").toLowerCase().includes(wanted)) return true;
    }
    return false;
  };
  const hasText = await Promise.all(steps.map(({ run }) => limit(() => contains(run))));
  return { steps: steps.filter((_, at) => hasText[at]).map(({ key }) => key) };
}
