import { Buffer } from "node:buffer";

/**
 * Serializes a value as JSON. Maps, dates, bytes, and objects with keys that start with `$` are encoded as objects with
 * a single key that starts with `$`.
 */
export function encode(value: unknown): string {
  return JSON.stringify(marked(value));
}

function marked(value: unknown): unknown {
  if (value instanceof Map) return { $map: [...value].map(([key, child]) => [key, marked(child)]) };
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, child]) => [key, marked(child)] as const);
  return entries.some(([key]) => key.startsWith("$")) ? { $object: entries } : Object.fromEntries(entries);
}

/** Deserializes a result of {@linkcode encode}. @throws {SyntaxError} if it is not JSON. */
export function decode(text: string): unknown {
  return JSON.parse(text, (_, value) => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value.$object)) return Object.fromEntries(value.$object);
    if (Array.isArray(value.$map)) return new Map(value.$map);
    if (typeof value.$date === "string") return new Date(value.$date);
    if (typeof value.$bytes === "string") return new Uint8Array(Buffer.from(value.$bytes, "base64"));
    return value;
  });
}
