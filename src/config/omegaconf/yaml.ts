import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node as YamlNode,
  type Pair,
  parseAllDocuments,
  Scalar as YamlScalar,
  visit,
  type YAMLMap,
  type YAMLParseError,
  type YAMLSeq,
} from "yaml";
import { type Place, placeText, UserError } from "../../core/errors.ts";
import { type ConfigNode, type Key, listNode, type MapNode, mapNode, type Scalar, setEntry } from "./node.ts";

/** OmegaConf's limit on the number of values after aliases are expanded. */
const MAX_NODES = 10_000;

/**
 * Parses one YAML (or JSON) file as OmegaConf does: YAML 1.1 as in PyYAML, dates as text, no duplicate keys.
 *
 * It is slightly stricter: it rejects tabs that indent quoted lines, and the tags `!!binary`, `!!omap` and `!!set`.
 *
 * @param file Name for places and messages.
 * @throws {UserError} `config.yaml` with the place, if the text is not YAML or contains something that a
 *   configuration cannot contain.
 */
export function parseYaml(text: string, file: string): ConfigNode | undefined {
  const deep = tooDeepAt(text);
  if (deep !== undefined) {
    throw yamlProblem({ file, lines: lineCounterOf(text) }, deep, "it is nested too deeply");
  }
  try {
    return readDocument(text, file);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw yamlProblem({ file, lines: new LineCounter() }, 0, "it is nested too deeply");
  }
}

function readDocument(text: string, file: string): ConfigNode | undefined {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    schema: "failsafe",
    version: "1.1",
    uniqueKeys: false,
    merge: false,
    logLevel: "silent",
    stringKeys: false,
    prettyErrors: false,
  });
  const reader: Reader = { file, lines, targets: new Map(), open: new Set(), count: 0 };
  if (text.includes("\t")) refuseTab(reader, text, documents);
  for (const document of documents) {
    const error = document.errors[0];
    if (error !== undefined) {
      const at = openingAt(document, error, text) ?? error.pos[0];
      throw syntaxProblem(reader, at, error.message, text);
    }
  }
  const [document, second] = documents;
  if (second !== undefined) {
    throw yamlProblem(
      reader,
      second.range[0],
      "a second YAML document starts here; a configuration file has one",
    );
  }
  if (!document?.contents) return undefined;
  const anchored = new Map<string, YamlNode>();
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) reader.targets.set(node, anchored.get(node.source));
      else if (node.anchor !== undefined) anchored.set(node.anchor, node);
    },
  });
  return toNode(reader, document.contents as YamlNode);
}

/** Where a quote or bracket opens that is not closed; the parser's error is where its text ends. */
function openingAt(document: Document, { message, pos: [end] }: YAMLParseError, text: string) {
  if (message.startsWith("Flow ")) return openBracketAt(text.slice(0, end));
  if (!message.startsWith("Missing closing")) return undefined;
  let last: number | undefined;
  visit(document, {
    Scalar(_, { type, range }) {
      if (type?.startsWith("QUOTE") && range && range[0] < end) last = range[0];
    },
  });
  return last;
}

function openBracketAt(text: string): number | undefined {
  let closed = 0;
  return [...text.matchAll(/[[{\]}]/g)].findLast(({ 0: bracket }) => {
    closed += /[\]}]/.test(bracket) ? 1 : -1;
    return closed < 0;
  })?.index;
}

interface Reader extends YamlFile {
  /** What each alias refers to: the parser would look through the whole file for each. */
  readonly targets: Map<Alias, YamlNode | undefined>;
  /** Anchored values that are being read, to detect one that contains itself. */
  readonly open: Set<YamlNode>;
  count: number;
}

function toNode(reader: Reader, node: YamlNode): ConfigNode {
  if (++reader.count > MAX_NODES) {
    throw yamlProblem(reader, startOf(node), `more than ${MAX_NODES} values (aliases expanded)`);
  }
  if (isAlias(node)) return toNode(reader, resolved(reader, node));
  if (reader.open.has(node)) {
    throw yamlProblem(reader, startOf(node), "an alias refers to a value that contains it");
  }
  reader.open.add(node);
  try {
    if (isMap(node)) return toMap(reader, node);
    if (isSeq(node)) return toList(reader, node);
    if (isScalar(node)) {
      return { kind: "scalar", value: toScalar(reader, node), place: placeOf(reader, node) };
    }
  } finally {
    reader.open.delete(node);
  }
  throw yamlProblem(reader, startOf(node), "expected a mapping, a list or a value");
}

function toList(reader: Reader, node: YAMLSeq): ConfigNode {
  if (node.tag !== undefined && node.tag !== "tag:yaml.org,2002:seq") throw unknownTag(reader, node);
  const items = node.items.map((item) => toNode(reader, orEmpty(item, node)));
  return listNode(placeOf(reader, node), items);
}

function toMap(reader: Reader, node: YAMLMap): MapNode {
  if (node.tag !== undefined && node.tag !== "tag:yaml.org,2002:map") throw unknownTag(reader, node);
  const result = mapNode(placeOf(reader, node));
  const own: [Key, Pair, Place][] = [];
  const seen = new Map<string, Place>();
  for (const pair of node.items) {
    const keyNode = resolved(reader, orEmpty(pair.key, node));
    if (isMergeKey(keyNode)) {
      mergeInto(reader, result, orEmpty(pair.value, node));
      continue;
    }
    const key = toKey(reader, keyNode);
    const place = placeOf(reader, orEmpty(pair.key, node));
    const before = typeof key === "string" ? seen.get(key) : undefined;
    if (before !== undefined) {
      throw yamlProblem(reader, startOf(keyNode), `duplicate key "${key}", first at ${placeText(before)}`);
    }
    if (typeof key === "string") seen.set(key, place);
    own.push([key, pair, place]);
  }
  for (const key of seen.keys()) result.entries.delete(key);
  for (const [key, pair, place] of own) {
    reader.count++;
    const value = toNode(reader, orEmpty(pair.value, pair.key as YamlNode));
    value.keyPlace = place;
    setEntry(result, key, value);
  }
  return result;
}

/** Merges the mappings of `<<` under the mapping's own keys; among several, the first wins. */
function mergeInto(reader: Reader, result: MapNode, value: YamlNode): void {
  const source = resolved(reader, value);
  const parts = isSeq(source) ? [...source.items].reverse() as YamlNode[] : [source];
  for (const part of parts) {
    const merged = toNode(reader, part);
    if (merged.kind !== "map") {
      throw yamlProblem(reader, startOf(part), "`<<` takes a mapping or a list of mappings");
    }
    for (const [key, child] of merged.entries) setEntry(result, key, child);
  }
}

function resolved(reader: Reader, node: YamlNode): YamlNode {
  if (!isAlias(node)) return node;
  const target = reader.targets.get(node);
  if (target === undefined) throw yamlProblem(reader, startOf(node), `unknown anchor "&${node.source}"`);
  return target;
}

function isMergeKey(node: YamlNode): boolean {
  return isScalar(node) && node.type === "PLAIN" && node.tag === undefined && node.source === "<<";
}

function toKey(reader: Reader, node: YamlNode): Key {
  const isEquals = isScalar(node) && isPlain(node) && node.value === "=";
  const value = isEquals ? "=" : isScalar(node) ? toScalar(reader, node) : null;
  if (value === null) throw yamlProblem(reader, startOf(node), "a key must be text, a number or a boolean");
  return value;
}

function toScalar(reader: Reader, node: YamlScalar): Scalar {
  const text = String(node.value ?? "");
  if (node.tag !== undefined && node.tag !== "!") {
    const value = taggedScalar(node.tag, text);
    if (value === undefined) throw unknownTag(reader, node);
    return value;
  }
  if (!isPlain(node)) return text;
  if (node.tag === "!" && text === "") return text;
  if (text === "<<" || text === "=") {
    throw yamlProblem(reader, startOf(node), `a bare \`${text}\` is not a value; quote it`);
  }
  return plainScalar(text);
}

function isPlain(node: YamlScalar): boolean {
  return node.type === undefined || node.type === "PLAIN";
}

function orEmpty(node: unknown, near: YamlNode): YamlNode {
  if (node !== null && node !== undefined) return node as YamlNode;
  const empty = new YamlScalar(null);
  empty.range = near.range ?? null;
  return empty;
}

function unknownTag(reader: Reader, node: YamlNode & { tag?: string }): UserError {
  return yamlProblem(reader, startOf(node), `unsupported tag "${node.tag}"`);
}

function startOf(node: YamlNode): number {
  return node.range?.[0] ?? 0;
}

function placeOf(reader: Reader, node: YamlNode): Place {
  return placeAt(reader, startOf(node));
}

interface YamlFile {
  /** Name for places and messages. */
  readonly file: string;
  readonly lines: LineCounter;
}

/** More open brackets take the parser time that grows with their square. */
const MOST_BRACKETS = 10_000;

/** Where more brackets are open than a configuration can need; those in texts count too. */
function tooDeepAt(text: string): number | undefined {
  let open = 0;
  for (const { 0: bracket, index } of text.matchAll(/[[{\]}]/g)) {
    open = bracket === "[" || bracket === "{" ? open + 1 : Math.max(0, open - 1);
    if (open > MOST_BRACKETS) return index;
  }
  return undefined;
}

function lineCounterOf(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1);
  return lines;
}

/** Reports the first line that is indented with a tab; PyYAML rejects more of these than this parser. */
function refuseTab(reader: YamlFile, text: string, documents: readonly Document[]): void {
  const isBroken = documents.some((document) => document.errors.length > 0);
  const inside = isBroken ? [] : documents.flatMap(rangesWithTabs);
  for (const { index, 0: indent } of text.matchAll(/^ *\t/gm)) {
    const at = index + indent.length - 1;
    if (inside.some(([from, to]) => at >= from && at < to)) continue;
    const what = "this line is indented with a tab; YAML allows spaces only";
    throw yamlProblem(reader, at, what, "Replace the tab with spaces");
  }
}

/** Ranges in which a tab at the start of a line is text: quoted values and blocks of text. */
function rangesWithTabs(document: Document): [number, number][] {
  const ranges: [number, number][] = [];
  visit(document, (_, node) => {
    if (isScalar(node) && node.type !== "PLAIN" && node.range) ranges.push([node.range[0], node.range[1]]);
  });
  return ranges;
}

const UNEVEN = "All mapping items must start at the same column";
const BELOW = "Keys below a value";
const KEY_VALUE = "Write `key: value`, with a space after the colon";

/** How the parser's messages begin, what they mean, and what to do. */
const PLAIN: readonly (readonly [begins: string, what: string, hint: string])[] = [
  ["Implicit map keys need to be followed by map values", "this line is not `key: value`", KEY_VALUE],
  ["Implicit keys need to be on a single line", "this line is not `key: value`", KEY_VALUE],
  [
    "Nested mappings are not allowed in compact mappings",
    "a value with a colon and a space must be in quotes",
    "Put the value in quotes, or the key in a line of its own",
  ],
  [
    UNEVEN,
    "this line is indented in another way than those above",
    "Indent the keys of one mapping alike",
  ],
  [BELOW, "this line is indented below a key that has a value", "Indent it as that key, or remove the value"],
  ["Missing closing", "this quote is not closed", "Close the quote"],
  ["Flow sequence in block", "this [ is not closed", "Close it with ]"],
  ["Flow map in block", "this { is not closed", "Close it with }"],
];

function syntaxProblem(reader: YamlFile, offset: number, message: string, text: string): UserError {
  if (/call stack/i.test(message)) return yamlProblem(reader, offset, "it is nested too deeply");
  // The parser points at the value, and says the same of a value with a colon.
  const [toKey, value = ""] = /^(.*)\n\s*/.exec(text.slice(offset)) ?? [];
  const isBelow = toKey !== undefined && message.startsWith("Nested mappings") && !/:(?:\s|$)/.test(value);
  const at = isBelow ? offset + toKey.length : offset;
  const [, what, hint] = PLAIN.find(([begins]) => (isBelow ? BELOW : message).startsWith(begins)) ?? [];
  return yamlProblem(reader, at, what ?? message.charAt(0).toLowerCase() + message.slice(1), hint);
}

function placeAt(reader: YamlFile, offset: number): Place {
  const { line, col } = reader.lines.linePos(offset);
  return { file: reader.file, line: Math.max(1, line), column: Math.max(1, col) };
}

/** Creates the error for a part of a file. @param what Completes "Cannot read …: ". */
function yamlProblem(reader: YamlFile, offset: number, what: string, hint?: string): UserError {
  return new UserError(`Cannot read "${reader.file}": ${what}`, {
    // config.yaml: A configuration file is not YAML that OmegaConf reads. Correct the line that the message names.
    code: "config.yaml",
    hint,
    place: placeAt(reader, offset),
  });
}

const NULL = /^(?:~|null|Null|NULL|)$/;
const BOOLEAN = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const INTEGER =
  /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
/** PyYAML's floats, which take precedence over integers. */
const YAML_FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
/** Floats that OmegaConf adds: `1e5`, `1.5e3`. */
const OMEGA_FLOAT =
  /^(?:[-+]?[0-9]+(?:_[0-9]+)*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+)|\.[0-9]+(?:_[0-9]+)*(?:[eE][-+][0-9]+)?|[-+]?[0-9]+(?:_[0-9]+)*(?::[0-5]?[0-9])+\.[0-9_]*)$/;

const TAG = "tag:yaml.org,2002:";

/** The value of an unquoted scalar in YAML 1.1 as OmegaConf reads it; dates stay text. */
function plainScalar(text: string): Scalar {
  if (NULL.test(text)) return null;
  if (BOOLEAN.test(text)) return toBoolean(text)!;
  if (YAML_FLOAT.test(text)) return toFloat(text)!;
  if (INTEGER.test(text)) return toInteger(text) ?? text;
  return OMEGA_FLOAT.test(text) ? toFloat(text) ?? text : text;
}

/** The value of a tagged scalar; `undefined` if the tag is unknown or does not fit the text. */
function taggedScalar(tag: string, text: string): Scalar | undefined {
  switch (tag) {
    case `${TAG}str`:
      return text;
    case `${TAG}null`:
      return null;
    case `${TAG}bool`:
      return toBoolean(text);
    case `${TAG}int`:
      return toInteger(text);
    case `${TAG}float`:
      return toFloat(text);
    default:
      return undefined;
  }
}

function toBoolean(text: string): boolean | undefined {
  if (/^(?:yes|true|on)$/i.test(text)) return true;
  return /^(?:no|false|off)$/i.test(text) ? false : undefined;
}

function toInteger(text: string): bigint | undefined {
  const [, sign, digits] = text.replaceAll("_", "").match(/^([-+]?)(.+)$/) ?? [];
  const value = digits === undefined ? undefined : magnitude(digits);
  return value !== undefined && sign === "-" ? -value : value;
}

function magnitude(digits: string): bigint | undefined {
  if (/^0[bx][0-9a-fA-F]+$/.test(digits)) return BigInt(digits);
  if (/^0[0-7]+$/.test(digits)) return BigInt(`0o${digits.slice(1)}`);
  if (/^\d+(?::\d+)+$/.test(digits)) {
    return digits.split(":").reduce((value, part) => value * 60n + BigInt(part), 0n);
  }
  return /^\d+$/.test(digits) ? BigInt(digits) : undefined;
}

function toFloat(text: string): number | undefined {
  const plain = text.replaceAll("_", "").toLowerCase();
  const [, sign, digits] = plain.match(/^([-+]?)(.+)$/) ?? [];
  const value = digits === undefined ? undefined : size(digits);
  return value !== undefined && sign === "-" ? -value : value;
}

function size(digits: string): number | undefined {
  if (/^\.?inf(?:inity)?$/.test(digits)) return Infinity;
  if (/^\.?nan$/.test(digits)) return NaN;
  if (digits.includes(":")) return digits.split(":").reduce((value, part) => value * 60 + Number(part), 0);
  return /^(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/.test(digits) ? Number(digits) : undefined;
}
