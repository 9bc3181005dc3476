import { createHash } from "node:crypto";

/** Formats the first 32 hexadecimal digits as a UUID. */
export function uuidForm(hex: string): string {
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([from, to]) => hex.slice(from, to)).join("-");
}

/** The first `length` hex digits of a text's SHA-256, for file names; at most 64. */
export function shortHash(text: string, length: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}
