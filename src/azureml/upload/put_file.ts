import { createHash } from "node:crypto";
import {
  type BlobFolder,
  type BlobRequest,
  listUncommittedBlocks,
  sendToStorage,
  type UploadedBlob,
} from "./blob_client.ts";
import { type CodeFile, type CodeFileFs, readCodeFile } from "../code/file.ts";
import type { Workspace } from "../client/workspace.ts";

/** More than this goes in blocks, so that this is what one file takes of the memory. */
const BLOCK_BYTES = 8 * 1024 * 1024;

/** A file, and what of it is known to be there. */
export interface FilePut {
  readonly fs: CodeFileFs;
  readonly file: CodeFile;
  /** What an earlier attempt left under the file's name. */
  readonly arrived?: UploadedBlob | undefined;
  /** Whether an earlier attempt may have left parts of large files. */
  readonly resumes?: boolean;
}

/**
 * Writes one file as a block blob, and again over one that has other content. What arrived already is not sent twice:
 * because only the answer was lost, or because an earlier attempt ended after it.
 *
 * @throws {UserError} `upload.refused` when the storage takes nothing from here, `code.unreadable`, `code.changed`,
 * `azure.*`, `network.*`.
 */
export async function putFile(workspace: Workspace, target: BlobFolder, put: FilePut): Promise<void> {
  const { fs, file, arrived } = put;
  const blob = { workspace, target, file };
  const isThere = (sum: string) => arrived?.md5 === sum && arrived.sizeBytes === file.sizeBytes;
  if (file.sizeBytes > BLOCK_BYTES) {
    if (arrived !== undefined && isThere(await md5OfFile(put))) return;
    return await putBlocks(blob, put);
  }
  const [bytes = new Uint8Array()] = await Array.fromAsync(blocksOf(readCodeFile(fs, file), file.sizeBytes));
  const sum = createHash("md5").update(bytes).digest("base64");
  if (isThere(sum)) return;
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

type Parts = Pick<BlobRequest, "query" | "headers" | "body">;

/** A block's id tells its content, so that one which arrived before is known to be this one. */
async function putBlocks(blob: BlobPut, { fs, resumes = false }: FilePut): Promise<void> {
  const whole = createHash("md5");
  const there = resumes
    ? await listUncommittedBlocks(blob.workspace, blob.target, blob.file.name)
    : new Map();
  const ids: string[] = [];
  for await (const bytes of blocksOf(readCodeFile(fs, blob.file))) {
    whole.update(bytes);
    const hash = createHash("md5").update(bytes).digest();
    const id = btoa(`${String(ids.length).padStart(6, "0")}-${hash.toString("hex")}`);
    ids.push(id);
    if (there.get(id) === bytes.length) continue;
    await ask(blob, "PUT", {
      query: `comp=block&blockid=${encodeURIComponent(id)}`,
      headers: { "content-md5": hash.toString("base64") },
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

/** Joins small pieces to blocks. The buffer is reused: a block is valid until the next one is read. */
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
  request: (onlyNew: Record<string, string>) => Parts,
): Promise<void> {
  const answer = await ask(blob, "PUT", request({ "if-none-match": "*" }), [409]);
  if (answer.status !== 409) return;
  const there = await ask(blob, "HEAD", {}, [404]);
  const isSame = there.status === 200 && there.headers.get("content-md5") === sum &&
    Number(there.headers.get("content-length")) === blob.file.sizeBytes;
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

async function md5OfFile({ fs, file }: FilePut): Promise<string> {
  const hash = createHash("md5");
  for await (const chunk of readCodeFile(fs, file)) hash.update(chunk);
  return hash.digest("base64");
}
