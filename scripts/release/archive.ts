import { gzipSync } from "node:zlib";
import { joinedBytes } from "../../src/core/bytes.ts";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";

/** One file of an archive: its text or bytes, and whether it is a program that anybody may run. */
export type Packed =
  & ({ readonly text: string } | { readonly bytes: Uint8Array })
  & { readonly runs?: boolean };

/** Higher levels gain a hundredth and take three times as long. */
const LEVEL = 6;

/** The bytes of a file of an archive. */
export function bytesOf(file: Packed): Uint8Array {
  return "text" in file ? new TextEncoder().encode(file.text) : file.bytes;
}

function modeOf(file: Packed): number {
  return file.runs ? 0o755 : 0o644;
}

/** The oldest time that a zip can say: the same files give the same bytes at any time. */
const WHEN = new Date(1980, 0, 1);
/** What Unix adds to the mode of a plain file. */
const PLAIN = 0o100000;

/** Packs files by name, in that order. */
export async function zip(files: Readonly<Record<string, Packed>>): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), {
    level: LEVEL,
    lastModDate: WHEN,
    extendedTimestamp: false,
    useWebWorkers: false,
  });
  for (const [name, file] of Object.entries(files)) {
    await writer.add(name, new Uint8ArrayReader(bytesOf(file)), { unixMode: PLAIN | modeOf(file) });
  }
  return await writer.close();
}

const BLOCK = 512;

/**
 * Packs files by name, in that order, with one time and one owner, and compresses with gzip: the same files give the
 * same bytes.
 *
 * @throws {Error} for a name of more than 100 bytes, which the format (ustar) would have to split.
 */
export function tarGz(files: Readonly<Record<string, Packed>>): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (const [name, file] of Object.entries(files)) {
    const bytes = bytesOf(file);
    blocks.push(header(name, bytes.length, modeOf(file)), bytes);
    blocks.push(new Uint8Array((BLOCK - bytes.length % BLOCK) % BLOCK));
  }
  blocks.push(new Uint8Array(2 * BLOCK));
  return gzipSync(joinedBytes(blocks), { level: LEVEL });
}

/** Where the checksum of a header stands; it counts as spaces while it is made. */
const CHECKSUM_AT = 148;

function header(name: string, size: number, mode: number): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const put = (at: number, text: string) => block.set(new TextEncoder().encode(text), at);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, "0")}\0`;
  if (new TextEncoder().encode(name).length > 100) throw new Error(`"${name}" is too long for an archive`);
  put(0, name);
  put(100, octal(mode, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12) + octal(0, 12));
  put(CHECKSUM_AT, "        ");
  put(156, "0");
  put(257, "ustar\x0000");
  put(CHECKSUM_AT, `${octal(block.reduce((sum, byte) => sum + byte, 0), 7)} `);
  return block;
}
