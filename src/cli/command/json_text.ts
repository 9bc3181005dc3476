/** Like `JSON.stringify`, but a `Map` becomes an object whose keys keep their order, even numeric ones. */
export function jsonText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => jsonText(each ?? null)).join(",")}]`;
  if (!(value instanceof Map) && !isPlain(value)) return JSON.stringify(value);
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const written = entries.filter(([, each]) => each !== undefined)
    .map(([key, each]) => `${JSON.stringify(key)}:${jsonText(each)}`);
  return `{${written.join(",")}}`;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
