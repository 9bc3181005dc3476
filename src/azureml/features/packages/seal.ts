import { createHash } from "node:crypto";
import { freeBytes, joinedBytes } from "../../../core/bytes.ts";
import type { Chunks, FileSystem } from "../../../core/context.ts";
import { SEAL_BYTES } from "../../job/code/own_output.ts";

/** Placeholder of the same length as the seal, written as the archive's comment, which comes last. */
export const SEAL_PLACEHOLDER = new TextEncoder().encode("0".repeat(SEAL_BYTES));

/** Replaces the last bytes of a package by its seal: the SHA-256 of all bytes before them, in hexadecimal. */
export async function* withSeal(chunks: Chunks): Chunks {
  const hash = createHash("sha256");
  let kept = new Uint8Array();
  for await (const chunk of chunks) {
    const both = joinedBytes([kept, chunk]);
    const sure = both.subarray(0, Math.max(0, both.length - SEAL_BYTES));
    kept = both.slice(sure.length);
    if (sure.length === 0) continue;
    hash.update(sure);
    yield sure;
  }
  yield new TextEncoder().encode(hash.digest("hex"));
}

/** Computes the SHA-256 of a whole package, and whether its seal matches the rest. */
export async function checkSeal(
  fs: Pick<FileSystem, "readChunks">,
  { path, sizeBytes }: { readonly path: string; readonly sizeBytes: number },
): Promise<{ readonly sha256: string; readonly isWhole: boolean }> {
  const [whole, rest] = [createHash("sha256"), createHash("sha256")];
  let [left, seal] = [sizeBytes - SEAL_BYTES, ""];
  for await (const chunk of fs.readChunks(path)) {
    whole.update(chunk);
    const part = chunk.subarray(0, Math.max(0, left));
    rest.update(part);
    seal += new TextDecoder().decode(chunk.subarray(part.length));
    left -= part.length;
    freeBytes(chunk);
  }
  return { sha256: whole.digest("hex"), isWhole: seal === rest.digest("hex") };
}
