import { joinedBytes } from "../../core/bytes.ts";
import { isError, type PipelineResponse } from "../../core/net/azure_http.ts";
import { isCloudHost } from "../../core/net/cloud_hosts.ts";
import { type BytesAnswer, isSigned, notFromAzure, type Workspace } from "../client/workspace.ts";
import { STORAGE_HEADERS } from "../../core/net/api_versions.ts";
import { NO_SAS } from "./blobs.ts";

interface BlobRef {
  readonly action: string;
  readonly url: string;
  /** Whether reading fails if the storage refuses it (default: nothing is read). */
  readonly mustBeAllowed?: boolean;
}

interface Part {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where it begins, in bytes. */
  readonly begin: number;
  /** Size of the whole blob at the moment, in bytes. */
  readonly total: number;
}

/**
 * Reads at most `most` bytes of a blob.
 *
 * @param from Where to begin; negative for the end of the blob.
 * @returns No bytes where there are none yet; `undefined` if the blob cannot be read.
 * @throws {UserError} `network.*`, `auth.*`.
 */
export async function readPart(
  workspace: Workspace,
  blob: BlobRef,
  from: number,
  most: number,
): Promise<Part | undefined> {
  const part = await readRange(workspace, blob, Math.max(0, from), most);
  if (part === undefined) return undefined;
  return from < 0 ? await endOf(workspace, blob, part, most) : within(part, from, most);
}

/**
 * Reads a range of a blob, and with it the size of the blob: blob storage has no ranges that count from the end, and a
 * proxy may remove the Content-Length of a HEAD response. A server that ignores ranges sends the whole blob.
 */
async function readRange(
  workspace: Workspace,
  { mustBeAllowed = false, ...blob }: BlobRef,
  begin: number,
  most: number,
): Promise<Part | undefined> {
  const headers = { range: `bytes=${begin}-${begin + most - 1}` };
  const { response, bytes } = await readStorage(workspace, { ...blob, headers });
  const { status } = response;
  if (mustBeAllowed && [401, 403].includes(status)) throw workspace.refused(blob.action, response);
  const size = /\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1];
  const total = size === undefined ? undefined : Number(size);
  // The end of a blob has no range, nor does an empty one.
  if (status === 416) return { bytes: new Uint8Array(), begin, total: total ?? begin };
  if (isError(response)) return undefined;
  if (status === 200) return { bytes, begin: 0, total: bytes.length };
  const added = addedBytes(response, bytes, begin);
  return added && { bytes: added, begin, total: total ?? begin + added.length };
}

/** The end of a blob, from a part that may contain it. */
async function endOf(
  workspace: Workspace,
  blob: BlobRef,
  part: Part,
  most: number,
): Promise<Part | undefined> {
  const { bytes, begin, total } = part;
  const from = Math.max(0, total - most);
  const isThere = begin <= from && begin + bytes.length === total;
  return isThere ? within(part, from, most) : await readPart(workspace, blob, from, most);
}

function within({ bytes, begin, total }: Part, from: number, most: number): Part {
  return { bytes: bytes.subarray(from - begin, from - begin + most), begin: from, total };
}

const READ_LOG = "read a log";
const NEWLINE = 10;

/**
 * Reads a log, or of one that is longer than `mostBytes` its beginning and three times as much of its end, at whole lines.
 *
 * @returns `undefined` if the log cannot be read.
 * @throws {UserError} `network.*`, `auth.*`.
 */
export async function readEnds(
  workspace: Workspace,
  url: string,
  mostBytes: number,
) {
  const log = { action: READ_LOG, url };
  const part = await readRange(workspace, log, 0, mostBytes);
  if (part === undefined) return undefined;
  const { bytes, total } = part;
  if (total <= mostBytes) return { text: decoded(bytes), omittedBytes: 0 };
  const tailBytes = Math.floor(mostBytes * 3 / 4);
  const tail = await endOf(workspace, log, part, tailBytes);
  if (tail === undefined) return undefined;
  const head = bytes.subarray(0, mostBytes - tailBytes);
  const start = head.subarray(0, head.lastIndexOf(NEWLINE) + 1 || head.length);
  const end = tail.bytes.subarray(tail.bytes.indexOf(NEWLINE) + 1);
  const omittedBytes = total - start.length - end.length;
  return { text: `${decoded(start)}[${omittedBytes} bytes left out]\n${decoded(end)}`, omittedBytes };
}

const CHUNK_BYTES = 1024 * 1024;

/** Reads a blob from a position to its end, in chunks. @returns `undefined` if nothing can be read. */
async function readRest(
  workspace: Workspace,
  blob: BlobRef,
  from: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let at = from;;) {
    const part = await readRange(workspace, blob, at, CHUNK_BYTES);
    if (part === undefined) return parts.length === 0 ? undefined : joinedBytes(parts);
    const added = part.bytes.subarray(at - part.begin);
    parts.push(added);
    at += added.length;
    if (added.length === 0 || at >= part.total) return joinedBytes(parts);
  }
}

/**
 * Reads a whole log, as lines that each end with a line break.
 *
 * @param options.mustBeAllowed Whether it fails if the storage refuses the log (default: nothing is read).
 * @returns `undefined` if it cannot be read.
 * @throws {UserError} `azure.*` for a log that must be allowed, `network.*`, `auth.*`.
 */
export async function readAll(
  workspace: Workspace,
  url: string,
  { mustBeAllowed = false }: Pick<BlobRef, "mustBeAllowed"> = {},
): Promise<string | undefined> {
  const bytes = await readRest(workspace, { action: READ_LOG, url, mustBeAllowed }, 0);
  return bytes && asLines(bytes);
}

export type GrowingLog = ReturnType<typeof openGrowing>;

export function openGrowing(workspace: Workspace) {
  let offset = 0;
  let rest = new Uint8Array();
  return {
    /**
     * Reads the lines that were added since the last call.
     *
     * @param url Current URL of the log; its SAS expires before the job ends.
     * @param isLast Whether the log is complete, so that an unfinished last line is returned, too.
     * @returns Whole lines, each with its line break; `""` if nothing is new or the log cannot be read at the moment.
     */
    async next(url: string, isLast: boolean) {
      const added = await readRest(workspace, { action: READ_LOG, url }, offset) ?? new Uint8Array();
      offset += added.length;
      const bytes = joinedBytes([rest, added]);
      const end = isLast ? bytes.length : bytes.lastIndexOf(NEWLINE) + 1;
      rest = bytes.slice(end);
      return asLines(bytes.subarray(0, end));
    },
  };
}

function asLines(bytes: Uint8Array): string {
  const text = decoded(bytes);
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
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

interface StorageRead extends Omit<BlobRef, "mustBeAllowed"> {
  readonly method?: "GET" | "HEAD";
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the answer is text, such as a list, and not the bytes of a blob (default: false). */
  readonly isText?: boolean;
}

/** Origins of accounts that accept no SAS, so that not each request tries one in vain. */
const WITHOUT_SAS = new WeakMap<Workspace, Set<string>>();

/**
 * Sends a request with the SAS in its URL; where there is none, or the storage accepts none, with the user's own token.
 *
 * @returns The answer of blob storage, whatever its status.
 * @throws {UserError} `network.*`, `auth.*`.
 */
export async function readStorage(workspace: Workspace, read: StorageRead): Promise<BytesAnswer> {
  const { cloud } = workspace;
  const scope = cloud.storageScope;
  const url = URL.parse(read.url);
  if (url === null || !isCloudHost(cloud, read.url, ["storage"])) return await send(workspace, read);
  if (!url.searchParams.has("sig")) return await send(workspace, { ...read, scope });
  const bare = { ...read, url: withoutSas(url), scope };
  const refusing = WITHOUT_SAS.get(workspace) ?? new Set();
  if (refusing.has(url.origin)) return await send(workspace, bare);
  const signed = await send(workspace, read);
  const { status, headers } = signed.response;
  if (status !== 403 || headers.get("x-ms-error-code") !== NO_SAS) return signed;
  const answer = await send(workspace, bare);
  if (answer.response.status === 403) return signed;
  WITHOUT_SAS.set(workspace, refusing.add(url.origin));
  return answer;
}

/** What a list of blobs asks for; all else in the query of a URL is its SAS. */
const ASKED = ["restype", "comp", "prefix", "marker"];

function withoutSas({ origin, pathname, search }: URL): string {
  const asked = search.slice(1).split("&").filter((part) => ASKED.includes(part.split("=")[0]!));
  return `${origin}${pathname}${asked.length === 0 ? "" : `?${asked.join("&")}`}`;
}

async function send(
  workspace: Workspace,
  { method = "GET", isText = false, headers, ...read }: StorageRead & { readonly scope?: string },
): Promise<BytesAnswer> {
  const request = { ...read, headers: { ...STORAGE_HEADERS, ...headers } };
  const answer = method === "HEAD" || isText
    ? { response: await workspace.ask({ ...request, method }), bytes: new Uint8Array() }
    : await workspace.read(request);
  const { response } = answer;
  if (isError(response) || isSigned(response)) return answer;
  throw notFromAzure(read.action, read.url, response.status);
}
