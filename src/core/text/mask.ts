import { isSecretName, redact } from "./redact.ts";

const MASKED = "***";

/** The name in an assignment such as `name=value`, `name: value` or JSON. */
const ASSIGNED = /(?<![\w.-])([A-Za-z_][\w.-]*)["']?\s*[=:]\s*/g;
/** The value of an assignment: quoted, or up to the next separator. */
const VALUE = /"[^"]*"?|'[^']*'?|[^\s,;'"}]+/y;

/** A name and its value, masked if it looks like a secret. */
export function maskedPair(name: string, value: unknown): readonly [string, string] {
  return [name, isSecretName(name) ? MASKED : asText(maskedJson(value))];
}

/** Masks values that look like secrets or are assigned to a name that does. Pure. */
export function maskedText(text: string): string {
  const plain = redact(text);
  let masked = "";
  let from = 0;
  for (const assigned of plain.matchAll(ASSIGNED)) {
    const at = assigned.index + assigned[0].length;
    if (assigned.index < from || !isSecretName(assigned[1]!)) continue;
    VALUE.lastIndex = at;
    const value = VALUE.exec(plain)?.[0];
    if (value === undefined) continue;
    masked += plain.slice(from, at) + MASKED;
    from = at + value.length;
  }
  return masked + plain.slice(from);
}

/** Masks values that look like secrets in JSON, at any depth. Pure. */
export function maskedJson(value: unknown): unknown {
  if (typeof value === "string") return maskedText(value);
  if (Array.isArray(value)) return value.map(maskedJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      isSecretName(name) && isPlain(inner) ? MASKED : maskedJson(inner),
    ]),
  );
}

function isPlain(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number";
}

/** A value as text; anything but a string as JSON. */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "";
}
