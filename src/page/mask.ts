import { isSecretName, redact } from "../core/text/redact.ts";
import type { FailureView, Pair } from "./view.ts";

const MASKED = "***";

/** A name that a value is assigned to, as in `name=value`, `name: value` or JSON. */
const ASSIGNED = /(?<![\w.-])([A-Za-z_][\w.-]*)["']?\s*[=:]\s*/g;
/** The value at a place: quoted, or up to the next separator. */
const VALUE = /"[^"]*"?|'[^']*'?|[^\s,;'"}]+/y;

/** A variable with its value, masked where it looks secret. */
export function maskedPair(name: string, value: unknown): Pair {
  return [name, isSecretName(name) ? MASKED : maskedText(textOf(value))];
}

/** Text without what looks secret, by its shape or by the name that a value is assigned to. Pure. */
export function maskedText(text: string): string {
  const plain = redact(text);
  let masked = "";
  let from = 0;
  for (const found of plain.matchAll(ASSIGNED)) {
    const at = found.index + found[0].length;
    if (found.index < from || !isSecretName(found[1]!)) continue;
    VALUE.lastIndex = at;
    const value = VALUE.exec(plain)?.[0];
    if (value === undefined) continue;
    masked += plain.slice(from, at) + MASKED;
    from = at + value.length;
  }
  return masked + plain.slice(from);
}

/** A failure without what looks secret; `undefined` where there is no message. */
export function failureView(message: string | undefined, hint?: string): FailureView | undefined {
  return message === undefined
    ? undefined
    : { message: maskedText(message), ...(hint !== undefined && { hint }) };
}

/** JSON in which values that look secret are masked, at any depth. Pure. */
export function maskedJson(value: unknown): unknown {
  if (typeof value === "string") return maskedText(value);
  if (Array.isArray(value)) return value.map(maskedJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      isSecretName(name) && isPlain(one) ? MASKED : maskedJson(one),
    ]),
  );
}

function isPlain(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number";
}

/** A value as a line of text. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "";
}
