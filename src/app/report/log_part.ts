import { readStorage } from "../../azureml/service/history/read_storage.ts";
import { userLogs } from "../../azureml/service/history/log_reader.ts";
import { getJobRuns } from "../../azureml/service/history/job_runs.ts";
import { redact } from "../../core/text/redact.ts";
import type { LogPart } from "../../page/view.ts";
import { lastNodeRuns } from "./steps.ts";
import type { PageTarget } from "./run_page.ts";

/** Maximum number of bytes per response; a page that opens a longer log starts near its end. */
const MOST = 256 * 1024;
const NEWLINE = 10;

/** Reads a whole log of a step, with secrets masked; `undefined` if there is none. */
export async function readWholeLog(
  { workspace, name, openHistory }: PageTarget,
  query: URLSearchParams,
): Promise<string | undefined> {
  const { steps, history } = await getJobRuns(workspace, name, openHistory);
  const run = steps.find(({ key }) => key === query.get("step"))?.run;
  const url = run && (await history.logFiles(run.id))[query.get("file") ?? ""];
  if (url === undefined) return undefined;
  const { bytes } = await readStorage(workspace, { action: "read a log", url });
  return redact(new TextDecoder().decode(bytes));
}

/**
 * Reads a part of a step's log, whole lines only unless the step has ended.
 *
 * @param query `step`; `file` (default: the first log of the step's own code); `from`, an offset in bytes, negative for
 *   the end.
 */
export async function readLogPart(
  { workspace, name, openHistory }: PageTarget,
  query: URLSearchParams,
): Promise<LogPart> {
  const { steps, history } = await getJobRuns(workspace, name, openHistory);
  const run = steps.find(({ key }) => key === query.get("step"))?.run;
  const logs = run === undefined ? {} : await history.logFiles(run.id);
  const files = Object.keys(logs).sort();
  const file = query.get("file") ?? userLogs(logs)[0]?.[0] ?? files[0];
  if (run === undefined || file === undefined || logs[file] === undefined) {
    return { files, text: "", next: 0, skippedBytes: 0 };
  }
  const { bytes } = await readStorage(workspace, { action: "read a log", url: logs[file] });
  const asked = Number(query.get("from") ?? 0);
  const from = Number.isSafeInteger(asked) ? asked : 0;
  const begin = from < 0 ? Math.max(0, bytes.length - MOST) : Math.min(from, bytes.length);
  const rest = bytes.subarray(begin, begin + MOST);
  const isWhole = run.endedAt !== undefined && begin + rest.length === bytes.length;
  const length = isWhole ? rest.length : rest.lastIndexOf(NEWLINE) + 1 || (rest.length === MOST ? MOST : 0);
  const decode = (part: Uint8Array) => new TextDecoder().decode(part);
  return {
    files,
    file,
    text: redact(decode(rest.subarray(0, length))),
    next: begin + length,
    skippedBytes: from < 0 ? begin : 0,
    nodeRuns: lastNodeRuns(decode(bytes)),
  };
}
