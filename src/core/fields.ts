/** A JSON object whose fields are checked one by one. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
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

/** Returns a value if it is a text. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Returns a value if it is a JSON object, else an empty object. */
export function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}
