const COLUMNS = 110;
const LONGEST = 40;
/** Below this depth, an object is only its keys. */
const DEEPEST = 2;

/**
 * Writes an answer as a reviewer reads it: errors as code and message, else all keys with short values; of long texts,
 * times and addresses only that they are some, of equal items how many, and of an equal value where it stands.
 */
export function shape(body: unknown): string {
  const error = (body as { readonly error?: { readonly code?: unknown; readonly message?: unknown } } | null)
    ?.error;
  const isError = typeof error === "object" && typeof error?.code === "string";
  return wrapped(isError ? `${error.code}: ${error.message}${extra(error)}` : shapeOf(body));
}

/** What an error has beside its code and message. */
function extra(error: object): string {
  const { code: _, message: __, details, ...rest } = error as Record<string, unknown>;
  const more = Array.isArray(details) && details.length === 0
    ? rest
    : { ...rest, ...details !== undefined && { details } };
  return Object.keys(more).length === 0 ? "" : ` ${shapeOf(more)}`;
}

function shapeOf(value: unknown, depth = 0): string {
  if (typeof value === "string") return textShape(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) {
    const items = value.map((one) => shapeOf(one, depth));
    const isSame = items.length > 1 && new Set(items).size === 1;
    return isSame ? `[${items.length} × ${items[0]}]` : `[${items.join(", ")}]`;
  }
  if (depth > DEEPEST) return `{${Object.keys(value).join(" ")}}`;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  const empty = entries.filter(([, one]) => one === null).map(([key]) => key);
  const keys = new Map<string, string>();
  const parts = entries.filter(([, one]) => one !== null).map(([key, one]) => {
    const shown = shapeOf(one, depth + 1);
    const same = shown.length > LONGEST ? keys.get(shown) : undefined;
    keys.set(shown, same ?? key);
    return `${key}: ${same === undefined ? shown : `as ${same}`}`;
  });
  if (empty.length > 0) parts.push(`null: ${empty.join(" ")}`);
  return `{${parts.join(", ")}}`;
}

function textShape(text: string): string {
  if (/^\d{4}-\d\d-\d\dT/.test(text)) return "TIME";
  if (/^https?:\/\//.test(text)) return `URL of ${new URL(text).host}`;
  return text.length <= LONGEST ? JSON.stringify(text) : `${JSON.stringify(text.slice(-LONGEST))} at the end`;
}

/** Breaks a text between its parts, so that it can be compared line by line. */
function wrapped(text: string): string {
  const lines: string[] = [];
  for (const part of text.split(/(?<=, )/)) {
    const line = lines.at(-1);
    if (line === undefined || line.length + part.length > COLUMNS) {
      lines.push(`${line === undefined ? "" : "  "}${part}`);
    } else lines[lines.length - 1] = line + part;
  }
  return lines.map((line) => line.trimEnd()).join("\n");
}
