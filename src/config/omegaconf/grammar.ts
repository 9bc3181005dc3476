import type { Scalar } from "./node.ts";

export type Text = readonly (string | Interpolation)[];

/** `${a.b}` or `${resolver:argument}`. */
export type Interpolation = NodeReference | ResolverCall;

/** `${a.b}`: a reference to another value; it is relative if `dots` is above 0. */
interface NodeReference {
  readonly kind: "reference";
  readonly dots: number;
  readonly keys: readonly { readonly key: string | Interpolation; readonly inBrackets: boolean }[];
  readonly source: string;
}

/** `${name:argument, argument}`: a call of a resolver. */
interface ResolverCall {
  readonly kind: "call";
  readonly name: readonly (string | Interpolation)[];
  readonly args: readonly Element[];
  readonly source: string;
}

export type Element =
  | { readonly kind: "value"; readonly value: Scalar }
  | { readonly kind: "text"; readonly text: Text }
  | { readonly kind: "list"; readonly items: readonly Element[] }
  | { readonly kind: "map"; readonly entries: readonly (readonly [Scalar, Element])[] };

/** Parses a value by OmegaConf's grammar. @throws {SyntaxError} if the text does not follow it. */
export function parseText(text: string): Text {
  const reader = start(text, "text");
  const parts = readText(reader, TEXT_TOKENS);
  take(reader, "EOF");
  return parts;
}

const TEXT_TOKENS: readonly TokenType[] = ["ANY_STR", "ESC", "ESC_INTER", "TOP_ESC", "QUOTED_ESC"];
const KEY_TOKENS: readonly TokenType[] = [
  "ID",
  "NULL",
  "INT",
  "FLOAT",
  "BOOL",
  "UNQUOTED_CHAR",
  "ESC",
  "WS",
];
const PRIMITIVE_TOKENS: readonly TokenType[] = [...KEY_TOKENS, "COLON"];

interface Reader {
  readonly text: string;
  readonly tokens: readonly LexerToken[];
  at: number;
  depth: number;
}

/** Deepest nesting that is accepted; OmegaConf's own parser fails at Python's recursion limit. */
const MAX_DEPTH = 100;

function nested<T>(reader: Reader, read: () => T): T {
  if (++reader.depth > MAX_DEPTH) throw new SyntaxError(`it is nested more than ${MAX_DEPTH} levels deep`);
  const result = read();
  reader.depth--;
  return result;
}

function start(text: string, mode: Mode): Reader {
  return { text, tokens: tokenize(text, mode), at: 0, depth: 0 };
}

function next(reader: Reader): LexerToken {
  return reader.tokens[reader.at]!;
}

function take(reader: Reader, type: TokenType): LexerToken {
  const token = next(reader);
  if (token.type !== type) {
    throw new SyntaxError(
      token.type === "EOF" ? "the text ends too early" : `unexpected "${reader.text.slice(token.at)}"`,
    );
  }
  reader.at++;
  return token;
}

function takeIf(reader: Reader, type: TokenType): LexerToken | undefined {
  return next(reader).type === type ? take(reader, type) : undefined;
}

/** Reads tokens of these types and interpolations; at least one. */
function readText(reader: Reader, types: readonly TokenType[]): (string | Interpolation)[] {
  const pieces = readPieces(reader, types);
  return pieces.map((piece, at) => "type" in piece ? unescape(piece, pieces[at + 1]) : piece);
}

function readPieces(reader: Reader, types: readonly TokenType[]): (LexerToken | Interpolation)[] {
  const pieces: (LexerToken | Interpolation)[] = [];
  for (;;) {
    const { type } = next(reader);
    if (type === "INTER_OPEN") pieces.push(nested(reader, () => readInterpolation(reader)));
    else if (types.includes(type)) pieces.push(take(reader, type));
    else break;
  }
  if (pieces.length === 0) take(reader, "ANY_STR");
  return pieces;
}

/** Resolves backslash escapes. A backslash only escapes before an interpolation or a quote; elsewhere it is literal. */
function unescape(token: LexerToken, following: LexerToken | Interpolation | undefined): string {
  const { type, text } = token;
  const beforeInterpolation = following !== undefined && !("type" in following);
  if (type === "ESC_INTER") return text.slice(-(Math.floor(text.length / 2) + 1));
  const halve = type === "ESC" || (type === "TOP_ESC" && beforeInterpolation) ||
    (type === "QUOTED_ESC" && (following === undefined || beforeInterpolation));
  return halve ? [...text].filter((_, at) => at % 2 === 1).join("") : text;
}

function readInterpolation(reader: Reader): Interpolation {
  const from = take(reader, "INTER_OPEN").at;
  let dots = 0;
  while (takeIf(reader, "DOT")) dots++;
  const keys = [readKey(reader)];
  while (next(reader).type === "DOT" || next(reader).type === "BRACKET_OPEN") {
    takeIf(reader, "DOT");
    keys.push(readKey(reader, next(reader).type === "BRACKET_OPEN"));
  }
  if (next(reader).type === "COLON" && dots === 0 && keys.every((key) => !key.inBrackets && !key.special)) {
    take(reader, "COLON");
    const args = next(reader).type === "BRACE_CLOSE" ? [] : readSequence(reader, "BRACE_CLOSE");
    const end = take(reader, "BRACE_CLOSE");
    const source = reader.text.slice(from, end.at + end.text.length);
    return { kind: "call", name: keys.map(({ key }) => key), args, source };
  }
  const end = take(reader, "INTER_CLOSE");
  const source = reader.text.slice(from, end.at + end.text.length);
  return { kind: "reference", dots, keys, source };
}

function readKey(reader: Reader, inBrackets = next(reader).type === "BRACKET_OPEN") {
  if (inBrackets) take(reader, "BRACKET_OPEN");
  const token = next(reader);
  const special = token.type === "INTER_KEY";
  const key = token.type === "INTER_OPEN"
    ? nested(reader, () => readInterpolation(reader))
    : take(reader, special ? "INTER_KEY" : "ID").text.replace(/\\([\\.[\]:=])/g, "$1");
  if (inBrackets) take(reader, "BRACKET_CLOSE");
  return { key, inBrackets, special };
}

/** Reads comma-separated elements; a missing one is empty text. */
function readSequence(reader: Reader, end: TokenType): Element[] {
  const empty: Element = { kind: "value", value: "" };
  const items: Element[] = [];
  for (;;) {
    const { type } = next(reader);
    items.push(type === "COMMA" || type === end ? empty : nested(reader, () => readElement(reader)));
    if (!takeIf(reader, "COMMA")) return items;
  }
}

function readElement(reader: Reader): Element {
  if (takeIf(reader, "QUOTE_OPEN")) {
    const text = next(reader).type === "QUOTE_CLOSE" ? [] : readText(reader, TEXT_TOKENS);
    take(reader, "QUOTE_CLOSE");
    return { kind: "text", text: text.length === 0 ? [""] : ["", ...text] };
  }
  if (takeIf(reader, "BRACKET_OPEN")) {
    const items = next(reader).type === "BRACKET_CLOSE" ? [] : readSequence(reader, "BRACKET_CLOSE");
    take(reader, "BRACKET_CLOSE");
    return { kind: "list", items };
  }
  return takeIf(reader, "BRACE_OPEN") ? readMap(reader) : readPrimitive(reader);
}

function readMap(reader: Reader): Element {
  const entries: [Scalar, Element][] = [];
  while (next(reader).type !== "BRACE_CLOSE" || entries.length > 0) {
    const key = readDictKey(reader);
    take(reader, "COLON");
    entries.push([key, nested(reader, () => readElement(reader))]);
    if (!takeIf(reader, "COMMA")) break;
  }
  take(reader, "BRACE_CLOSE");
  return { kind: "map", entries };
}

function readDictKey(reader: Reader): Scalar {
  if (next(reader).type === "INTER_OPEN") take(reader, "ID");
  const tokens = readPieces(reader, KEY_TOKENS) as LexerToken[];
  if (tokens.some((token) => !("type" in token))) take(reader, "COLON");
  const [only] = tokens;
  return tokens.length === 1 ? primitive(only!) : tokens.map((token) => unescape(token, undefined)).join("");
}

function readPrimitive(reader: Reader): Element {
  const pieces = readPieces(reader, PRIMITIVE_TOKENS);
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined && "type" in only) {
    return { kind: "value", value: primitive(only) };
  }
  return {
    kind: "text",
    text: pieces.map((piece, at) => "type" in piece ? unescape(piece, pieces[at + 1]) : piece),
  };
}

function primitive({ type, text }: LexerToken): Scalar {
  const digits = text.replaceAll("_", "");
  switch (type) {
    case "NULL":
      return null;
    case "INT":
      return BigInt(digits.replace(/^\+/, ""));
    case "FLOAT":
      return toFloat(digits.toLowerCase());
    case "BOOL":
      return text.toLowerCase() === "true";
    case "ESC":
      return unescape({ type, text, at: 0 }, undefined);
    default:
      return text;
  }
}

function toFloat(digits: string): number {
  const sign = digits.startsWith("-") ? -1 : 1;
  if (digits.endsWith("inf")) return sign * Infinity;
  return digits.endsWith("nan") ? NaN : Number(digits);
}

type TokenType =
  | "ANY_STR"
  | "ESC_INTER"
  | "TOP_ESC"
  | "QUOTED_ESC"
  | "ESC"
  | "INTER_OPEN"
  | "INTER_CLOSE"
  | "BRACE_OPEN"
  | "BRACE_CLOSE"
  | "QUOTE_OPEN"
  | "QUOTE_CLOSE"
  | "COMMA"
  | "BRACKET_OPEN"
  | "BRACKET_CLOSE"
  | "COLON"
  | "FLOAT"
  | "INT"
  | "BOOL"
  | "NULL"
  | "UNQUOTED_CHAR"
  | "ID"
  | "WS"
  | "DOT"
  | "INTER_KEY"
  | "EOF";

interface LexerToken {
  readonly type: TokenType;
  readonly text: string;
  readonly at: number;
}

/** The lexer's context: plain text, a value, the inside of `${…}`, or a quoted string. */
type Mode = "text" | "value" | "key" | "single" | "double";

/** How a rule changes the stack of modes. */
type Move = "pop" | `push ${Mode}` | `mode ${Mode}`;

/** A token type, its pattern and its move. The longest match wins, then the first rule. */
type Rule = readonly [TokenType, RegExp, Move?];

const UNSIGNED = String.raw`(?:0|[1-9](?:_?[0-9])*)`;
const POINT = String.raw`(?:(?:${UNSIGNED})?\.[0-9](?:_?[0-9])*|${UNSIGNED}\.)`;
const EXPONENT = String.raw`(?:(?:${POINT}|${UNSIGNED})[eE][+-]?[0-9](?:_?[0-9])*)`;
const NAME = String.raw`[a-zA-Z_][a-zA-Z0-9_-]*`;

const QUOTED = (quote: string): readonly Rule[] => [
  ["INTER_OPEN", /\$\{[ \t]*/y, "push key"],
  ["QUOTE_CLOSE", new RegExp(quote, "y"), "pop"],
  ["ANY_STR", new RegExp(String.raw`[^${quote}$]*[^${quote}\\$]`, "y")],
  ["ESC_INTER", /(?:\\\\)*\\\$\{/y],
  ["ESC", new RegExp(String.raw`(?:\\\\)*\\${quote}`, "y")],
  ["QUOTED_ESC", /(?:\\\\)+/y],
  ["ANY_STR", /\\+/y],
  ["ANY_STR", /\$/y],
];

const RULES: Readonly<Record<Mode, readonly Rule[]>> = {
  text: [
    ["INTER_OPEN", /\$\{[ \t]*/y, "push key"],
    ["ANY_STR", /[^$]*[^\\$]/y],
    ["ESC_INTER", /(?:\\\\)*\\\$\{/y],
    ["TOP_ESC", /(?:\\\\)+/y],
    ["ANY_STR", /\\+/y],
    ["ANY_STR", /\$/y],
  ],
  value: [
    ["INTER_OPEN", /\$\{[ \t]*/y, "push key"],
    ["BRACE_OPEN", /\{[ \t]*/y, "push value"],
    ["BRACE_CLOSE", /[ \t]*\}/y, "pop"],
    ["QUOTE_OPEN", /'/y, "push single"],
    ["QUOTE_OPEN", /"/y, "push double"],
    ["COMMA", /[ \t]*,[ \t]*/y],
    ["BRACKET_OPEN", /\[[ \t]*/y],
    ["BRACKET_CLOSE", /[ \t]*\]/y],
    ["COLON", /[ \t]*:[ \t]*/y],
    ["FLOAT", new RegExp(String.raw`[+-]?(?:${EXPONENT}|${POINT}|[Ii][Nn][Ff]|[Nn][Aa][Nn])`, "y")],
    ["INT", new RegExp(`[+-]?${UNSIGNED}`, "y")],
    ["BOOL", /true|false/iy],
    ["NULL", /null/iy],
    ["UNQUOTED_CHAR", /[/\-\\+.$%*@?|]/y],
    ["ID", new RegExp(NAME, "y")],
    ["ESC", /(?:\\[\\()[\]{}:=, \t])+/y],
    ["WS", /[ \t]+/y],
  ],
  key: [
    ["INTER_OPEN", /\$\{[ \t]*/y, "push key"],
    ["COLON", /[ \t]*:[ \t]*/y, "mode value"],
    ["INTER_CLOSE", /[ \t]*\}/y, "pop"],
    ["DOT", /\./y],
    ["BRACKET_OPEN", /\[/y],
    ["BRACKET_CLOSE", /\]/y],
    ["ID", new RegExp(NAME, "y")],
    ["INTER_KEY", /(?:[^\\{}()[\]:. \t'"]|\\[\\.[\]:=])+/y],
  ],
  single: QUOTED("'"),
  double: QUOTED('"'),
};

/** Splits text into tokens; the last one is `EOF`. @throws {SyntaxError} when no token matches. */
function tokenize(text: string, start: Mode): LexerToken[] {
  const tokens: LexerToken[] = [];
  const modes: Mode[] = [start];
  for (let at = 0; at < text.length;) {
    const mode = modes.at(-1);
    const token = mode === undefined ? undefined : longest(RULES[mode], text, at);
    if (token === undefined) throw new SyntaxError(`unexpected "${text.slice(at, at + 10)}"`);
    const [type, length, move] = token;
    tokens.push({ type, text: text.slice(at, at + length), at });
    at += length;
    if (move === "pop") modes.pop();
    else if (move?.startsWith("push ")) modes.push(move.slice(5) as Mode);
    else if (move !== undefined) modes[modes.length - 1] = move.slice(5) as Mode;
  }
  return [...tokens, { type: "EOF", text: "", at: text.length }];
}

function longest(rules: readonly Rule[], text: string, at: number): [TokenType, number, Move?] | undefined {
  let best: [TokenType, number, Move?] | undefined;
  for (const [type, pattern, move] of rules) {
    pattern.lastIndex = at;
    const length = pattern.exec(text)?.[0].length ?? 0;
    if (length > (best?.[1] ?? 0)) best = move === undefined ? [type, length] : [type, length, move];
  }
  return best;
}
