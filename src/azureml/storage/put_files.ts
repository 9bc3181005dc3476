import { createHash } from "node:crypto";
import { freeBytes, joinedBytes } from "../../core/bytes.ts";
import { bytesOf } from "../../core/format.ts";
import {
  type BlobFolder,
  type BlobRequest,
  listUncommittedBlocks,
  sendToStorage,
  type UploadedBlob,
} from "./blobs.ts";
import { type CodeFile, type CodeFileFs, md5Of, readCodeFile } from "../job/code/file.ts";
import { bytesLimit, smallTransferLimit, untilFailure } from "../client/pace.ts";
import type { Workspace } from "../client/workspace.ts";

/** Larger files are uploaded in blocks of this size, one at a time, which bounds the memory for one file. */
export const BLOCK_BYTES = 4 * 1024 * 1024;

/** A file to upload, and what an earlier attempt uploaded of it. */
interface FilePut {
  readonly fs: CodeFileFs;
  readonly file: CodeFile;
  /** The blob that an earlier attempt uploaded under this name. */
  readonly arrived?: UploadedBlob | undefined;
  /** Whether an earlier attempt may have uploaded blocks of large files. */
  readonly resumes: boolean;
  /** Called with the size of each block of a large file that is there. */
  readonly onSent: (bytes: number) => void;
}

export interface UploadProgress {
  /** File that was sent last, or of which a block was. */
  readonly name: string;
  readonly files: number;
  readonly totalFiles: number;
  readonly sentBytes: number;
  readonly totalBytes: number;
}

/** Called after each file, and after each block of a large file. */
export type OnUploaded = (progress: UploadProgress) => void;

/** Files to upload, and what an earlier attempt uploaded of them. */
interface FilesPut extends Pick<FilePut, "fs" | "resumes"> {
  readonly files: readonly CodeFile[];
  /** The blobs that an earlier attempt uploaded, by name. */
  readonly arrived: ReadonlyMap<string, UploadedBlob>;
  readonly onUploaded: OnUploaded;
}

/** Files up to this size take so little memory that more of them are sent at once. */
const SMALL_BYTES = 256 * 1024;
/** Bytes of larger files to send at once. Each is in memory several times: as read, in the request, and in `fetch`. */
const LARGE_BYTES_AT_ONCE = 2 * BLOCK_BYTES;
/** The least that a larger file counts for, which bounds the number of connections. */
const LEAST_LARGE_BYTES = 1024 * 1024;

/** Uploads files, several at once; after a failure, no further upload is started. */
export async function putFiles(workspace: Workspace, target: BlobFolder, put: FilesPut): Promise<void> {
  const { fs, files, arrived, resumes } = put;
  const [small, large] = [smallTransferLimit(), bytesLimit(LARGE_BYTES_AT_ONCE)];
  const putOne = countedPut(workspace, target, put);
  const queue = ({ sizeBytes }: CodeFile, start: () => Promise<void>) =>
    sizeBytes <= SMALL_BYTES
      ? small(start)
      : large(Math.max(LEAST_LARGE_BYTES, Math.min(sizeBytes, BLOCK_BYTES)), start);
  await untilFailure(files, queue, (file) => putOne({ fs, file, arrived: arrived.get(file.name), resumes }));
}

/** Counts what is sent of some files. @returns A function that puts one of them. */
function countedPut(
  workspace: Workspace,
  target: BlobFolder,
  { files: all, onUploaded }: FilesPut,
): (put: Omit<FilePut, "onSent">) => Promise<void> {
  const totals = {
    totalFiles: all.length,
    totalBytes: bytesOf(all),
  };
  let [files, sentBytes] = [0, 0];
  return async (put) => {
    const { name, sizeBytes } = put.file;
    let ofFile = 0;
    const onSent = (bytes: number) => {
      ofFile += bytes;
      sentBytes += bytes;
      if (ofFile < sizeBytes) onUploaded({ name, files, sentBytes, ...totals });
    };
    await putFile(workspace, target, { ...put, onSent });
    sentBytes += sizeBytes - ofFile;
    onUploaded({ name, files: ++files, sentBytes, ...totals });
  };
}

/**
 * Writes one file as a block blob, replacing a blob with other content. Content that is already there, because only the
 * response was lost or an earlier attempt was interrupted, is not sent again.
 *
 * @throws {UserError} `upload.refused` if the storage does not accept it, `code.unreadable`, `code.changed`, `azure.*`,
 *   `network.*`.
 */
async function putFile(workspace: Workspace, target: BlobFolder, put: FilePut): Promise<void> {
  const { fs, file, arrived } = put;
  const blob = { workspace, target, file };
  const isThere = (sum: string) => arrived?.md5 === sum && arrived.sizeBytes === file.sizeBytes;
  if (file.sizeBytes > BLOCK_BYTES) {
    if (arrived !== undefined && isThere((await md5Of(fs, file)).toString("base64"))) return;
    return await putBlocks(blob, put);
  }
  const bytes = await contentOf(fs, file);
  const sum = createHash("md5").update(bytes).digest("base64");
  if (isThere(sum)) return freeBytes(bytes);
  await putOnce(blob, sum, (onlyNew) => ({
    headers: { ...onlyNew, "x-ms-blob-type": "BlockBlob", "content-md5": sum },
    body: bytes,
  }));
  freeBytes(bytes);
}

async function contentOf(fs: CodeFileFs, file: CodeFile): Promise<Uint8Array<ArrayBuffer>> {
  const chunks = await Array.fromAsync(readCodeFile(fs, file));
  if (chunks.length === 1) return chunks[0]!;
  const content = joinedBytes(chunks);
  chunks.forEach(freeBytes);
  return content;
}

/** Marks the folder as complete in a blob's metadata, with the asset that it belongs to, as azure-ai-ml does. */
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

type Parts = Pick<BlobRequest, "query" | "headers" | "body">;

/** Uploads a file in blocks. Block ids contain a hash of the content, to recognize those already uploaded. */
async function putBlocks(blob: BlobPut, { fs, resumes, onSent }: FilePut): Promise<void> {
  const whole = createHash("md5");
  const uploaded = resumes
    ? await listUncommittedBlocks(blob.workspace, blob.target, blob.file.name)
    : new Map();
  const ids: string[] = [];
  for await (const bytes of blocksOf(readCodeFile(fs, blob.file))) {
    whole.update(bytes);
    const hash = createHash("md5").update(bytes).digest();
    const id = btoa(`${String(ids.length).padStart(6, "0")}-${hash.toString("hex")}`);
    ids.push(id);
    const sizeBytes = bytes.length;
    if (uploaded.get(id) !== sizeBytes) {
      await ask(blob, "PUT", {
        query: `comp=block&blockid=${encodeURIComponent(id)}`,
        headers: { "content-md5": hash.toString("base64") },
        body: bytes,
      });
    }
    onSent(sizeBytes);
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

/** Joins chunks into blocks. The buffer is reused: a block is valid only until the next one is read. */
async function* blocksOf(
  chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
): AsyncIterable<Uint8Array<ArrayBuffer>> {
  const block = new Uint8Array(BLOCK_BYTES);
  let filled = 0;
  for await (let chunk of chunks) {
    while (chunk.length > 0) {
      const part = chunk.subarray(0, BLOCK_BYTES - filled);
      block.set(part, filled);
      filled += part.length;
      chunk = chunk.subarray(part.length);
      if (filled < BLOCK_BYTES) continue;
      yield block;
      filled = 0;
    }
    freeBytes(chunk);
  }
  if (filled > 0) yield block.subarray(0, filled);
  freeBytes(block);
}

/** Writes a blob if it does not exist; an existing blob is kept if it has the same content, else replaced. */
async function putOnce(
  blob: BlobPut,
  sum: string,
  request: (onlyNew: Record<string, string>) => Parts,
): Promise<void> {
  const response = await ask(blob, "PUT", request({ "if-none-match": "*" }), [409]);
  if (response.status !== 409) return;
  const existing = await ask(blob, "HEAD", {}, [404]);
  const isSame = existing.status === 200 && existing.headers.get("content-md5") === sum &&
    Number(existing.headers.get("content-length")) === blob.file.sizeBytes;
  if (!isSame) await ask(blob, "PUT", request({}));
}

async function ask(
  { workspace, target, file: { name } }: BlobPut,
  method: BlobRequest["method"],
  { query, headers, body }: Parts,
  expected: readonly number[] = [],
) {
  return await sendToStorage(workspace, target, {
    action: `upload "${name}"`,
    method,
    name,
    headers: { "content-type": "application/octet-stream", ...headers },
    expected,
    ...(query !== undefined && { query }),
    ...(body !== undefined && { body }),
  });
}
