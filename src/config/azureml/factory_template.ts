import { isRawJson } from "../../core/fields.ts";

/** Values for the placeholders of a template, by name. */
export type PlaceholderValues = Readonly<Record<string, string>>;

/** Matches a template such as `{region}.{vehicle}` against a namespace; `undefined` if it does not match. */
export function matchTemplate(template: string, namespace: string): PlaceholderValues | undefined {
  const parts = namespace.split(".");
  const binding: Record<string, string> = {};
  for (const [at, segment] of template.split(".").entries()) {
    const [name] = placeholders(segment);
    if (name !== undefined) binding[name] = parts[at]!;
    else if (segment !== parts[at]) return undefined;
  }
  return binding;
}

/** Fills in the placeholders of all text in a plain value; keys and numbers stay as they are. */
export function renderValue(value: unknown, values: PlaceholderValues): unknown {
  if (typeof value === "string") return renderText(value, values);
  if (Array.isArray(value)) return value.map((item) => renderValue(item, values));
  if (typeof value !== "object" || value === null || isRawJson(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renderValue(item, values)]));
}

/** Fills in placeholders. Text with an unknown placeholder or an unmatched brace is returned unchanged. */
export function renderText(text: string, values: PlaceholderValues): string {
  const pieces = text.includes("{") && text.includes("}") ? splitTemplate(text) : undefined;
  if (pieces === undefined) return text;
  const isKnown = ({ name }: Piece) => name === undefined || Object.hasOwn(values, name);
  if (!pieces.every(isKnown)) return text;
  return pieces.map(({ literal, name }) => literal + (name === undefined ? "" : values[name])).join("");
}

/** Fixed text and the placeholder that follows it. */
interface Piece {
  readonly literal: string;
  readonly name?: string;
}

/** Splits text as Python's `str.format`, where `{{` is a brace; `undefined` for text that it rejects. */
function splitTemplate(text: string): Piece[] | undefined {
  const pieces: Piece[] = [];
  let literal = "";
  for (let at = 0; at < text.length;) {
    const [piece, name] = text.slice(at).match(/^(?:\{\{|\}\}|\{([^{}]*)\}|[^{}]+)/) ?? [];
    if (piece === undefined) return undefined;
    at += piece.length;
    if (name === undefined) literal += piece === "{{" || piece === "}}" ? piece[0] : piece;
    else {
      pieces.push({ literal, name });
      literal = "";
    }
  }
  return [...pieces, { literal }];
}

/** Names of the placeholders in a template, each once. */
export function placeholders(text: string): string[] {
  return [...new Set((splitTemplate(text) ?? []).flatMap(({ name }) => name ? [name] : []))];
}

/** Number of characters of a template outside its placeholders. */
export function fixedLength(text: string): number {
  return (splitTemplate(text) ?? []).reduce((length, { literal }) => length + literal.length, 0);
}
