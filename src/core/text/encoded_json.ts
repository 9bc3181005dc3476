import { isFields, parsedJson } from "../fields.ts";
import { Buffer } from "node:buffer";

/** A JSON object, and the text that it was parsed from. */
export interface JsonObject {
  readonly text: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Decodes a JSON object in base64 or base64url, with or without padding; `undefined` for anything else. */
export function decodeJsonObject(encoded: string): JsonObject | undefined {
  const text = Buffer.from(encoded, "base64url").toString();
  const value = parsedJson(text);
  return isFields(value) ? { text, value } : undefined;
}
