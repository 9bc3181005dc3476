import { isFields } from "../fields.ts";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

/** A JSON object, and the text that it was parsed from. */
export interface JsonObject {
  readonly text: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Decodes a JSON object in base64 or base64url, with or without padding; `undefined` for anything else. */
export function decodeJsonObject(encoded: string): JsonObject | undefined {
  try {
    const text = Buffer.from(encoded, "base64url").toString();
    const value: unknown = JSON.parse(text);
    return isFields(value) ? { text, value } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a text is a GUID, such as the id of a tenant or subscription. */
export function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

/** Formats the first 32 hexadecimal digits as a UUID. */
export function uuidForm(hex: string): string {
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([from, to]) => hex.slice(from, to)).join("-");
}

/** The first `length` hex digits of a text's SHA-256, for file names; at most 64. */
export function shortHash(text: string, length: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}
