import { Buffer } from "node:buffer";
import { join, resolve } from "node:path";
import { inflateSync } from "node:zlib";
import { type Checkout, type GitFs, readFileIfPresent } from "./checkout.ts";

/** Enough to contain any commit that people write. */
const ENOUGH_BYTES = 64 * 1024;
const COMMIT_TYPE = 1;
/** Larger objects are not commits; `inflateSync()` throws when the limit is exceeded. */
const LIMIT = { maxOutputLength: 16 * 1024 * 1024 };

/** The hash of a commit's tree; `undefined` if the commit cannot be found or read. */
export async function treeOfCommit(
  fs: GitFs,
  checkout: Checkout,
  commit: string,
): Promise<string | undefined> {
  const own = join(checkout.commonDir, "objects");
  const alternates = (await readFileIfPresent(fs, join(own, "info", "alternates")))?.split("\n") ?? [];
  for (
    const objects of [
      own,
      ...alternates.filter((line) => line !== "").map((line) => resolve(own, line)),
    ]
  ) {
    const content = await looseObject(fs, objects, commit) ?? await packedObject(fs, objects, commit);
    const tree = /(?:^|\0)tree ([0-9a-f]{40})\n/.exec(content?.toString("latin1") ?? "")?.[1];
    if (tree !== undefined) return tree;
  }
  return undefined;
}

async function looseObject(fs: GitFs, objects: string, hash: string): Promise<Buffer | undefined> {
  const path = join(objects, hash.slice(0, 2), hash.slice(2));
  return (await fs.stat(path))?.kind === "file" ? inflateSync(await fs.readBytes(path), LIMIT) : undefined;
}

async function packedObject(fs: GitFs, objects: string, hash: string): Promise<Buffer | undefined> {
  const folder = join(objects, "pack");
  if (await fs.stat(folder) === undefined) return undefined;
  for await (const { path, kind } of fs.walk(folder, () => false)) {
    if (kind !== "file" || !path.endsWith(".idx")) continue;
    const offset = offsetIn(await fs.readBytes(path), hash);
    if (offset !== undefined) return await readPacked(fs, path.replace(/idx$/, "pack"), offset);
  }
  return undefined;
}

/** Finds the offset of an object in its pack, using a pack index of version 2. */
function offsetIn(bytes: Uint8Array<ArrayBuffer>, hash: string): number | undefined {
  const index = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (index.readUInt32BE(0) !== 0xff744f63 || index.readUInt32BE(4) !== 2) return undefined;
  const upTo = (byte: number) => byte < 0 ? 0 : index.readUInt32BE(8 + byte * 4);
  const [count, wanted, first] = [upTo(255), Buffer.from(hash, "hex"), parseInt(hash.slice(0, 2), 16)];
  const hashes = 8 + 256 * 4;
  let [low, high] = [upTo(first - 1), upTo(first)];
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = hashes + middle * 20;
    const order = wanted.compare(index, at, at + 20);
    if (order === 0) {
      const offset = index.readUInt32BE(hashes + count * 24 + middle * 4);
      if (offset < 0x80000000) return offset;
      return Number(index.readBigUInt64BE(hashes + count * 28 + (offset - 0x80000000) * 8));
    }
    if (order > 0) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

/**
 * Reads a commit from a pack. Packs store the newest commits first and undeltified; a deltified one yields
 * `undefined`.
 */
async function readPacked(fs: GitFs, path: string, offset: number): Promise<Buffer | undefined> {
  const parts: Uint8Array[] = [];
  if ((await fs.stat(path))?.kind !== "file") return undefined;
  let [at, have] = [0, 0];
  for await (const chunk of fs.readChunks(path)) {
    const part = chunk.subarray(Math.max(0, offset - at));
    at += chunk.length;
    if (part.length > 0) parts.push(part);
    have += part.length;
    if (have >= ENOUGH_BYTES) break;
  }
  const data = Buffer.concat(parts);
  if (data.length === 0 || (data[0]! >> 4 & 7) !== COMMIT_TYPE) return undefined;
  let header = 1;
  while (data[header - 1]! & 128) header++;
  return inflateSync(data.subarray(header), LIMIT);
}
