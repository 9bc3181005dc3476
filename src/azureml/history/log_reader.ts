import { joinedBytes } from "../../core/bytes.ts";
import { STORAGE_HEADERS } from "../client/api_versions.ts";
import { isPage } from "../client/read_json.ts";
import { addedBytes } from "./added_bytes.ts";
import type { Workspace } from "../client/workspace.ts";

const TAIL_BYTES = 16 * 1024;
const TAIL_LINES = 40;
const CHUNK_BYTES = 1024 * 1024;

/** Reads a log that is still growing; each call returns what was added since the previous one. */
export interface LogReader {
  /**
   * Reads new lines.
   *
   * @param url Current URL of the log; its SAS expires before the job ends.
   * @param isLast Whether the log is complete, so that an unfinished last line is returned, too.
   * @returns Whole lines, each with its line break; `""` if nothing is new or the log cannot be read at the moment.
   */
  read(url: string, isLast: boolean): Promise<string>;
}

/** Opens a log at its start. */
export function openLogReader(workspace: Workspace): LogReader {
  let at = 0;
  let rest = new Uint8Array();
  return {
    async read(url, isLast) {
      const parts = [rest];
      for (;;) {
        const range = `bytes=${at}-${at + CHUNK_BYTES - 1}`;
        const request = { action: "read a log", url, headers: { ...STORAGE_HEADERS, range } };
        const { response, bytes } = await workspace.read(request);
        const chunk = response.status >= 400 ? undefined : addedBytes(response, bytes, at);
        if (chunk === undefined || chunk.length === 0) break;
        parts.push(chunk);
        at += chunk.length;
        if (response.status === 200 || chunk.length < CHUNK_BYTES) break;
      }
      const bytes = joinedBytes(parts);
      const end = isLast ? bytes.length : bytes.lastIndexOf(NEWLINE) + 1;
      rest = bytes.slice(end);
      const text = new TextDecoder().decode(bytes.subarray(0, end));
      return isLast && text !== "" && !text.endsWith("\n") ? `${text}\n` : text;
    },
  };
}

const NEWLINE = 10;

/** The end of a log, at most 40 lines. Blob storage does not support suffix ranges, so this requests the size first. */
export async function readTail(workspace: Workspace, url: string): Promise<string | undefined> {
  const action = "read the log of a step";
  const head = await workspace.ask({ action, method: "HEAD", url, headers: STORAGE_HEADERS });
  const size = Number(head.headers.get("content-length") ?? 0);
  const range = size > TAIL_BYTES ? { range: `bytes=${size - TAIL_BYTES}-` } : {};
  const answer = await workspace.ask({
    action,
    method: "GET",
    url,
    headers: { ...STORAGE_HEADERS, ...range },
  });
  if (answer.status >= 400 || isPage(answer)) return undefined;
  return (answer.bodyAsText ?? "").trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
}

/** The logs that the user's own code wrote, by Azure ML's naming; a step with several processes has one for each. */
export function userLogs(files: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  const entries = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  const found = entries.filter(([name]) => /^user_logs\/std_log.*\.txt$/.test(name));
  return found.length > 0 ? found : entries.filter(([name]) => /^azureml-logs\/\d\d.+\.txt$/.test(name));
}
