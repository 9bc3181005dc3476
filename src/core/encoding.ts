import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { isFields, parsedJson } from "./json.ts";

/** Formats the first 32 hexadecimal digits as a UUID. */
export function uuidForm(hex: string): string {
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([from, to]) => hex.slice(from, to)).join("-");
}

/** The first `length` hex digits of a text's SHA-256, for file names; at most 64. */
export function shortHash(text: string, length: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}

/** Decodes a JSON object in base64 or base64url, with or without padding; `undefined` for anything else. */
export function decodeJsonObject(encoded: string): {
  readonly text: string;
  readonly value: Readonly<Record<string, unknown>>;
} | undefined {
  const text = Buffer.from(encoded, "base64url").toString();
  const value = parsedJson(text);
  return isFields(value) ? { text, value } : undefined;
}

/** Compares secrets in a time that does not depend on where they differ. */
export function isSame(one: string, other: string): boolean {
  let differences = one.length ^ other.length;
  for (let at = 0; at < other.length; at++) differences |= (one.charCodeAt(at) || 0) ^ other.charCodeAt(at);
  return differences === 0;
}
