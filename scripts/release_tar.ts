import { gzipSync } from "node:zlib";

/** One file of an archive: its text or bytes, and who may do what with it (0644 when absent). */
export type TarFile = ({ readonly text: string } | { readonly bytes: Uint8Array }) & {
  readonly mode?: number;
};

const BLOCK = 512;

/**
 * Packs files by name, in that order, with one time and one owner: the same files give the same bytes.
 *
 * @throws {Error} for a name of more than 100 bytes, which the format (ustar) would have to split.
 */
export function tar(files: Readonly<Record<string, TarFile>>): Uint8Array<ArrayBuffer> {
  const blocks: Uint8Array[] = [];
  for (const [name, file] of Object.entries(files)) {
    const bytes = "text" in file ? new TextEncoder().encode(file.text) : file.bytes;
    blocks.push(header(name, bytes.length, file.mode ?? 0o644), bytes);
    blocks.push(new Uint8Array((BLOCK - bytes.length % BLOCK) % BLOCK));
  }
  blocks.push(new Uint8Array(2 * BLOCK));
  const whole = new Uint8Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of blocks) {
    whole.set(block, at);
    at += block.length;
  }
  return whole;
}

/** As {@linkcode tar}, compressed with gzip. */
export function tarGz(files: Readonly<Record<string, TarFile>>): Uint8Array {
  return gzipSync(tar(files), { level: 6 });
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
