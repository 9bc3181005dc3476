/** A JSON object of Azure's whose fields are looked at one by one. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is such an object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as such an object; an empty one for all else. */
export function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}
