/** Token types of OmegaConf's grammar, by its names. */
export type TokenType =
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

/** A token. */
export interface LexerToken {
  readonly type: TokenType;
  readonly text: string;
  /** Offset in the text. */
  readonly at: number;
}

/** The lexer's context: plain text, a value, the inside of `${…}`, or a quoted string. */
export type Mode = "text" | "value" | "key" | "single" | "double";

/** @internal How a rule changes the stack of modes. */
type Move = "pop" | `push ${Mode}` | `mode ${Mode}`;

/** @internal A token type, its pattern and its move. The longest match wins, then the first rule. */
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
export function tokenize(text: string, start: Mode): LexerToken[] {
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
