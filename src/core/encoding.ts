import { Buffer } from "node:buffer";
import { sha256 } from "@noble/hashes/sha2.js";
import { isFields, parsedJson } from "./json.ts";

/** Formats the first 32 hexadecimal digits as a UUID. */
export function uuidForm(hex: string): string {
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([from, to]) => hex.slice(from, to)).join("-");
}

/**
 * The first `length` hexadecimal digits of the SHA-256 of a short text. Not by `node:crypto`, because loading that takes
 * a tenth of a fast command.
 */
export function textHash(text: string, length = 64): string {
  return Buffer.from(sha256(Buffer.from(text))).toString("hex").slice(0, length);
}

/** The SHA-256 of a text or bytes of any length, in hexadecimal. */
export async function contentHash(content: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
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
