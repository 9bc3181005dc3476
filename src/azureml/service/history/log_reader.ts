import { joinedBytes } from "../../../core/bytes.ts";
import { readStorage } from "./read_storage.ts";
import type { Workspace } from "../client/workspace.ts";
import { isError, type PipelineResponse } from "../../../core/net/azure_http.ts";

/** Holds several tracebacks as rich prints them, of up to 40 kB each. */
const TAIL_BYTES = 128 * 1024;
const CHUNK_BYTES = 1024 * 1024;

/** Reads a log that is still growing; each call returns what was added since the previous one. */
export interface LogReader {
  /**
   * Reads new lines.
   *
   * @param url Current URL of the log; its SAS expires before the job ends.
   * @param options.isLast Whether the log is complete, so that an unfinished last line is returned, too.
   * @returns Whole lines, each with its line break; `""` if nothing is new or the log cannot be read at the moment.
   */
  read(url: string, options: { readonly isLast: boolean }): Promise<string>;
}

/**
 * Opens a log at its start.
 *
 * @param options.mustBeAllowed Whether reading fails if the storage rejects it (default: nothing is read).
 */
export function openLogReader(
  workspace: Workspace,
  { mustBeAllowed = false }: { readonly mustBeAllowed?: boolean } = {},
): LogReader {
  const action = "read a log";
  let offset = 0;
  let rest = new Uint8Array();
  return {
    async read(url, { isLast }) {
      const parts = [rest];
      for (;;) {
        const headers = { range: `bytes=${offset}-${offset + CHUNK_BYTES - 1}` };
        const { response, bytes } = await readStorage(workspace, { action, url, headers });
        if (mustBeAllowed && [401, 403].includes(response.status)) throw workspace.refused(action, response);
        const chunk = isError(response) ? undefined : addedBytes(response, bytes, offset);
        if (chunk === undefined || chunk.length === 0) break;
        parts.push(chunk);
        offset += chunk.length;
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

/** The end of a log, at most 128 KiB; `undefined` if it cannot be read. @throws {UserError} `network.*`. */
export async function readTail(workspace: Workspace, url: string): Promise<string | undefined> {
  const log = await readStart(workspace, { action: "read the log of a step", url }, TAIL_BYTES);
  const bytes = log !== undefined && log.total > TAIL_BYTES ? await log.last(TAIL_BYTES) : log?.bytes;
  return bytes === undefined ? undefined : decoded(bytes);
}

/** A log, whole or without its middle. */
export interface BoundedLog {
  readonly text: string;
  /** How many bytes are left out, at the line that says so. */
  readonly omittedBytes: number;
}

/**
 * Reads a log, or of one that is longer than `mostBytes` its beginning and three times as much of its end, at whole lines.
 *
 * @returns `undefined` when the log cannot be read.
 * @throws {UserError} `network.*`.
 */
export async function readEnds(
  workspace: Workspace,
  url: string,
  mostBytes: number,
): Promise<BoundedLog | undefined> {
  const log = await readStart(workspace, { action: "read a log", url }, mostBytes);
  if (log === undefined) return undefined;
  const { bytes, total } = log;
  if (total <= mostBytes) return { text: decoded(bytes), omittedBytes: 0 };
  const tailBytes = Math.floor(mostBytes * 3 / 4);
  const tail = await log.last(tailBytes);
  if (tail === undefined) return undefined;
  const head = bytes.subarray(0, mostBytes - tailBytes);
  const start = head.subarray(0, head.lastIndexOf(NEWLINE) + 1 || head.length);
  const end = tail.subarray(tail.indexOf(NEWLINE) + 1);
  const omittedBytes = total - start.length - end.length;
  return { text: `${decoded(start)}[${omittedBytes} bytes left out]\n${decoded(end)}`, omittedBytes };
}

/** The start of a log. */
interface LogStart {
  readonly bytes: Uint8Array;
  /** The size of the whole log, in bytes. */
  readonly total: number;
  /** Reads the last bytes of the log; `undefined` when it cannot be read. */
  last(count: number): Promise<Uint8Array | undefined>;
}

/**
 * Reads the first bytes of a log, and with them its size: blob storage has no ranges that count from the end, and a
 * proxy may remove the Content-Length of a HEAD response.
 */
async function readStart(
  workspace: Workspace,
  log: { readonly action: string; readonly url: string },
  mostBytes: number,
): Promise<LogStart | undefined> {
  const read = (range: string) => readStorage(workspace, { ...log, headers: { range } });
  const { response, bytes } = await read(`bytes=0-${mostBytes - 1}`);
  // An empty blob has no range.
  const isEmpty = response.status === 416;
  if (isError(response) && !isEmpty) return undefined;
  const size = /\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1] ?? bytes.length;
  const total = isEmpty ? 0 : Number(size);
  return {
    bytes: isEmpty ? new Uint8Array() : bytes,
    total,
    async last(count) {
      // A server that ignores ranges sends the whole log.
      if (response.status === 200) return bytes.subarray(total - count);
      const end = await read(`bytes=${total - count}-${total - 1}`);
      return isError(end.response) ? undefined : end.bytes;
    },
  };
}

function decoded(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/**
 * The bytes from a position on in the response to a range request. A server without range support sends the whole file.
 *
 * @returns `undefined` for another range than the requested one.
 */
export function addedBytes(
  response: PipelineResponse,
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
): Uint8Array<ArrayBuffer> | undefined {
  if (response.status === 200) return bytes.subarray(at);
  const range = /^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "");
  return range !== null && Number(range[1]) !== at ? undefined : bytes;
}
