import { createHash } from "node:crypto";
import { UserError } from "../errors.ts";
import { type CodeFile, type CodeFileFs, readCodeFile } from "./code_file.ts";
import type { HostRequest, Workspace } from "./workspace.ts";

/** A container that may be written to, and where in it. */
export interface BlobFolder {
  /** URL of the container with the SAS as its query. */
  readonly sasUrl: string;
  /** Name of a folder at the container's root. */
  readonly folder: string;
}

/** The oldest version that takes blocks of this size; every cloud has it. */
const STORAGE_VERSION = "2021-12-02";
/** More than this goes in blocks, so that this is what one file takes of the memory. */
const BLOCK_BYTES = 8 * 1024 * 1024;

/**
 * Writes one file as a block blob, and again over one that has other content; what arrived already, because only the
 * answer was lost, is not sent twice.
 *
 * @throws {UserError} `upload.refused` when the storage takes nothing from here, `code.unreadable`, `code.changed`,
 * `azure.*`, `network.*`.
 */
export async function putFile(
  workspace: Workspace,
  target: BlobFolder,
  { fs, file }: { fs: CodeFileFs; file: CodeFile },
): Promise<void> {
  const blob = { workspace, target, file };
  if (file.sizeBytes > BLOCK_BYTES) return await putBlocks(blob, fs);
  const [bytes = new Uint8Array()] = await Array.fromAsync(blocksOf(readCodeFile(fs, file), file.sizeBytes));
  const sum = md5(bytes);
  await putOnce(blob, sum, (onlyNew) => ({
    headers: { ...onlyNew, "x-ms-blob-type": "BlockBlob", "content-md5": sum },
    body: bytes,
  }));
}

/** Says with a blob's metadata that the folder is complete, and which asset it belongs to, as azure-ai-ml does. */
export async function markComplete(
  workspace: Workspace,
  target: BlobFolder,
  { file, name, version }: { file: CodeFile; name: string; version: string },
): Promise<void> {
  await ask({ workspace, target, file }, "PUT", {
    query: "comp=metadata",
    headers: { "x-ms-meta-upload_status": "completed", "x-ms-meta-name": name, "x-ms-meta-version": version },
    body: new Uint8Array(),
  });
}

interface BlobPut {
  readonly workspace: Workspace;
  readonly target: BlobFolder;
  readonly file: CodeFile;
}

interface BlobRequest {
  readonly query?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
}

async function putBlocks(blob: BlobPut, fs: CodeFileFs): Promise<void> {
  const whole = createHash("md5");
  const ids: string[] = [];
  for await (const bytes of blocksOf(readCodeFile(fs, blob.file))) {
    whole.update(bytes);
    const id = btoa(String(ids.length).padStart(6, "0"));
    ids.push(id);
    await ask(blob, "PUT", {
      query: `comp=block&blockid=${encodeURIComponent(id)}`,
      headers: { "content-md5": md5(bytes) },
      body: bytes,
    });
  }
  const list = `<?xml version="1.0" encoding="utf-8"?><BlockList>${
    ids.map((id) => `<Latest>${id}</Latest>`).join("")
  }</BlockList>`;
  const sum = whole.digest("base64");
  await putOnce(blob, sum, (onlyNew) => ({
    query: "comp=blocklist",
    headers: { ...onlyNew, "x-ms-blob-content-md5": sum },
    body: new TextEncoder().encode(list),
  }));
}

/** Gathers blocks out of smaller pieces; a block is good until the next one is asked for. */
async function* blocksOf(
  chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
  blockBytes = BLOCK_BYTES,
): AsyncIterable<Uint8Array<ArrayBuffer>> {
  const block = new Uint8Array(blockBytes);
  let filled = 0;
  for await (let chunk of chunks) {
    while (chunk.length > 0) {
      const part = chunk.subarray(0, blockBytes - filled);
      block.set(part, filled);
      filled += part.length;
      chunk = chunk.subarray(part.length);
      if (filled < blockBytes) continue;
      yield block;
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}

/** Writes a blob that is not there; one that is there already is kept if it has the same content. */
async function putOnce(
  blob: BlobPut,
  sum: string,
  request: (onlyNew: Record<string, string>) => BlobRequest,
): Promise<void> {
  const answer = await ask(blob, "PUT", request({ "if-none-match": "*" }), [409]);
  if (answer.status !== 409) return;
  const there = await ask(blob, "HEAD", { headers: {} }, [404]);
  const isSame = there.status === 200 && there.headers.get("content-md5") === sum &&
    Number(there.headers.get("content-length")) === blob.file.sizeBytes;
  if (!isSame) await ask(blob, "PUT", request({}));
}

async function ask(
  { workspace, target, file }: BlobPut,
  method: HostRequest["method"],
  { query, headers, body }: BlobRequest,
  expected: readonly number[] = [],
) {
  const action = `upload "${file.name}"`;
  const response = await workspace.ask({
    action,
    method,
    url: blobUrl(target, file.name, query),
    headers: { "content-type": "application/octet-stream", "x-ms-version": STORAGE_VERSION, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  if (response.status < 400 || expected.includes(response.status)) return response;
  const refused = workspace.refused(action, response);
  throw response.status === 403 ? refusedBySas(refused) : refused;
}

function blobUrl({ sasUrl, folder }: BlobFolder, name: string, query: string | undefined): string {
  const url = new URL(sasUrl);
  const path = `${folder}/${name}`.split("/").map(encodeURIComponent).join("/");
  return `${url.origin}${url.pathname.replace(/\/$/, "")}/${path}?${query === undefined ? "" : `${query}&`}${
    url.search.slice(1)
  }`;
}

/** What the storage refuses with 403 may be over with a new grant, whatever Azure's own code. */
function refusedBySas(refused: Error): Error {
  if (!(refused instanceof UserError)) return refused;
  const { message, exit, hint, details, data } = refused;
  return new UserError(message, {
    code: "upload.refused",
    exit,
    ...(hint === undefined ? {} : { hint }),
    details,
    data,
    cause: refused,
  });
}

function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("base64");
}
