import { compareText } from "./text_match.ts";

/** Serializes JSON as Python's `json.dumps`: `", "` and `": "`, ASCII only, Python's floats. */
export function pythonJson(value: unknown, options: { sortKeys?: boolean } = {}): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "number") return pythonNumber(value);
  if (typeof value === "string") return asciiString(value);
  if (Array.isArray(value)) return `[${value.map((item) => pythonJson(item, options)).join(", ")}]`;
  if (isRawJson(value)) return value.rawJSON;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (options.sortKeys) entries.sort(([a], [b]) => compareText(a, b));
  return `{${entries.map(([key, item]) => `${asciiString(key)}: ${pythonJson(item, options)}`).join(", ")}}`;
}

/**
 * Parses JSON without losing what JavaScript numbers lose: `1.0` stays a float and a long integer stays exact, both
 * as raw literals that {@linkcode pythonJson} and `JSON.stringify` write unchanged.
 *
 * @throws {SyntaxError} when the text is not JSON.
 */
export function parseJson(text: string): unknown {
  const reviver = (_key: string, value: unknown, context?: { source?: string }) => {
    const source = context?.source;
    if (typeof value !== "number" || source === undefined || String(value) === source) return value;
    return rawJson(/[.eE]/.test(source) ? finiteFloat(Number(source)) : source);
  };
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
}

/** Like {@linkcode parseJson}, but `undefined` for a text that is not JSON. */
export function exactJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** A number that JSON writes as this text. */
export function rawJson(text: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);
}

function pythonNumber(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(value).toString() : finiteFloat(value);
}

/** Python's `repr` of a finite float: with an exponent of at least two digits below 1e-4 and from 1e16. */
export function finiteFloat(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  const [digits, exponent] = value.toExponential().split("e") as [string, string];
  const power = Number(exponent);
  if (power < -4 || power >= 16) {
    return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  return value.toFixed(Math.max(1, digits.replace(/[-.]/g, "").length - 1 - power));
}

function asciiString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (char) => char === "\u007f" ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A JSON object whose fields are checked one by one. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isRawJson(value);
}

/** Whether a value is a number as JSON text, such as from `parseJson()`: one that JavaScript's numbers would change. */
export function isRawJson(value: unknown): value is { readonly rawJSON: string } {
  return (JSON as unknown as { isRawJSON(value: unknown): boolean }).isRawJSON(value);
}

/** Whether a value is an object that was written as one, rather than made by a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** The values in an object and in those inside it, each by its keys from the top, such as `model.alpha`. */
export function leavesOf(value: Readonly<Record<string, unknown>>, above = ""): [string, unknown][] {
  return Object.entries(value).flatMap(([key, child]): [string, unknown][] =>
    isPlainObject(child) && Object.keys(child).length > 0
      ? leavesOf(child, `${above}${key}.`)
      : [[above + key, child]]
  );
}

/** The value of a key that may be any text; unlike `[]`, it finds nothing that all objects inherit. */
export function ownValue<T>(
  table: Readonly<Record<string, T>> | null | undefined,
  key: string,
): T | undefined {
  return table && Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Parses JSON from elsewhere; `undefined` for any other text. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Reads a time in ISO 8601, or returns one that was read; `undefined` for anything else. */
export function dateOf(value: unknown): Date | undefined {
  const date = typeof value === "string" ? new Date(value) : value;
  return date instanceof Date && !Number.isNaN(date.getTime()) ? date : undefined;
}

/** Removes keys whose values are `undefined`. */
export function compact<Values extends object>(
  values: Values,
): { readonly [Key in keyof Values]?: Exclude<Values[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Values;
}

/** Returns a value if it is a JSON object, else an empty object. */
export function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}
