import { bindingOf } from "../binding.ts";
import { type Fields, fields, isFields, isRawJson } from "../fields.ts";
import { isParameter } from "../loader_settings.ts";
import { assignedValue } from "./assigned_value.ts";
import { isSecretName, redact } from "./redact.ts";

const MASKED = "***";

/** The name in an assignment or comparison such as `name=value`, `--name=value`, `name: value` or JSON. */
const ASSIGNED = /(?<![\w.-])-*([A-Za-z_][\w.-]*)\\*["']?\s*(?:!=|[=:][=:>]*)/dg;

/** A name and its value, masked if it looks like a secret. */
export function maskedPair(name: string, value: unknown): readonly [string, string] {
  return [name, isSecretName(name) ? MASKED : asText(maskedJson(value))];
}

/**
 * Masks values that look like secrets or are assigned to a name that does; a value of several lines may become one.
 * Pure.
 */
export function maskedText(text: string): string {
  const plain = redact(text);
  let shown = "";
  let done = 0;
  for (const { 0: assigned, 1: name, index, indices } of plain.matchAll(ASSIGNED)) {
    if (index < done || !isSecretName(name!)) continue;
    const value = assignedValue(plain, indices![1]![0], index + assigned.length);
    if (value === undefined) continue;
    shown += plain.slice(done, value.from) + plain.slice(value.from, value.to).replace(/\S[^\n]*/g, MASKED);
    done = value.to;
  }
  return shown + plain.slice(done);
}

/**
 * Masks values that look like secrets in JSON: texts, and all texts and numbers below a key that names a secret. Pure.
 */
export function maskedJson(value: unknown): unknown {
  return masked(value, false);
}

/** Parts of a body whose keys are names of steps, inputs and outputs. */
const KEYED_BY_NAME = new Set(["components", "jobs", "inputs", "outputs"]);

/**
 * Masks values that look like secrets in the body of a request. A step or dataset that is called `tokens` is no secret,
 * but the literal value of such an input is one. Pure.
 */
export function maskedBody(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((each) => maskedBody(each, key));
  if (!isFields(value) || isSecretName(key)) return masked(value, isSecretName(key));
  return mapped(
    value,
    (inner, name) => KEYED_BY_NAME.has(key) ? maskedPart(inner, name) : maskedBody(inner, name),
  );
}

/** Masks a step, an input or an output. */
function maskedPart(part: unknown, name: string): unknown {
  const shown = maskedBody(part);
  const { value } = fields(shown);
  const isShown = value === undefined || !isSecretName(name) || isReference(value);
  return isShown ? shown : { ...fields(shown), value: MASKED };
}

/** Whether the value of an input names an output, an input or a parameter. */
export function isReference(value: unknown): boolean {
  return isParameter(asText(value)) || Object.values(bindingOf(value)).some((name) => name !== undefined);
}

/** Masks texts and numbers if they are secret; their structure, booleans and what is absent stay. */
function masked(value: unknown, isSecret: boolean): unknown {
  if (typeof value === "string") return isSecret ? MASKED : maskedText(value);
  if (typeof value === "number" || isRawJson(value)) return isSecret ? MASKED : value;
  if (Array.isArray(value)) return value.map((each) => masked(each, isSecret));
  return isFields(value)
    ? mapped(value, (inner, name) => masked(inner, isSecret || isSecretName(name)))
    : value;
}

function mapped(value: Fields, change: (inner: unknown, name: string) => unknown): Fields {
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, change(inner, name)]));
}

/** A value as text; anything but a string as JSON. */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "";
}
