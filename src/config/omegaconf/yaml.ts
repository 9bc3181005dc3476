import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, Scalar as YamlScalar } from "yaml";
import type { Document, Node as YamlNode, Pair, YAMLMap, YAMLSeq } from "yaml";
import { type Place, placeText, type UserError } from "../../core/errors.ts";
import { type ConfigNode, type Key, listNode, type MapNode, mapNode, type Scalar, setEntry } from "./node.ts";
import {
  lineCounterOf,
  placeAt,
  plainMessage,
  refuseTab,
  tooDeepAt,
  type YamlFile,
  yamlProblem,
} from "./yaml_problems.ts";
import { plainScalar, taggedScalar } from "./yaml_scalars.ts";

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
  const reader: Reader = { file, lines, open: new Set(), count: 0 };
  if (text.includes("\t")) refuseTab(reader, text, documents);
  for (const document of documents) {
    const error = document.errors[0];
    if (error !== undefined) throw yamlProblem(reader, error.pos[0], plainMessage(error.message));
  }
  const [document, second] = documents;
  if (second !== undefined) {
    throw yamlProblem(
      reader,
      second.range[0],
      "a second YAML document starts here; a configuration file has one",
    );
  }
  return document?.contents ? toNode(reader, document.contents as YamlNode, document) : undefined;
}

/** @internal State of reading one file. */
interface Reader extends YamlFile {
  /** Anchored values that are being read, to detect one that contains itself. */
  readonly open: Set<YamlNode>;
  count: number;
}

function toNode(reader: Reader, node: YamlNode, document: Document): ConfigNode {
  if (++reader.count > MAX_NODES) {
    throw yamlProblem(reader, startOf(node), `more than ${MAX_NODES} values (aliases expanded)`);
  }
  if (isAlias(node)) return toNode(reader, resolved(reader, node, document), document);
  if (reader.open.has(node)) {
    throw yamlProblem(reader, startOf(node), "an alias refers to a value that contains it");
  }
  reader.open.add(node);
  try {
    if (isMap(node)) return toMap(reader, node, document);
    if (isSeq(node)) return toList(reader, node, document);
    if (isScalar(node)) {
      return { kind: "scalar", value: toScalar(reader, node), place: placeOf(reader, node) };
    }
  } finally {
    reader.open.delete(node);
  }
  throw yamlProblem(reader, startOf(node), "expected a mapping, a list or a value");
}

function toList(reader: Reader, node: YAMLSeq, document: Document): ConfigNode {
  if (node.tag !== undefined && node.tag !== "tag:yaml.org,2002:seq") throw unknownTag(reader, node);
  const items = node.items.map((item) => toNode(reader, orEmpty(item, node), document));
  return listNode(placeOf(reader, node), items);
}

function toMap(reader: Reader, node: YAMLMap, document: Document): MapNode {
  if (node.tag !== undefined && node.tag !== "tag:yaml.org,2002:map") throw unknownTag(reader, node);
  const result = mapNode(placeOf(reader, node));
  const own: [Key, Pair, Place][] = [];
  const seen = new Map<string, Place>();
  for (const pair of node.items) {
    const keyNode = resolved(reader, orEmpty(pair.key, node), document);
    if (isMergeKey(keyNode)) {
      mergeInto(reader, result, orEmpty(pair.value, node), document);
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
    const value = toNode(reader, orEmpty(pair.value, pair.key as YamlNode), document);
    value.keyPlace = place;
    setEntry(result, key, value);
  }
  return result;
}

/** Merges the mappings of `<<` under the mapping's own keys; among several, the first wins. */
function mergeInto(reader: Reader, result: MapNode, value: YamlNode, document: Document): void {
  const source = resolved(reader, value, document);
  const parts = isSeq(source) ? [...source.items].reverse() as YamlNode[] : [source];
  for (const part of parts) {
    const merged = toNode(reader, part, document);
    if (merged.kind !== "map") {
      throw yamlProblem(reader, startOf(part), "`<<` takes a mapping or a list of mappings");
    }
    for (const [key, child] of merged.entries) setEntry(result, key, child);
  }
}

function resolved(reader: Reader, node: YamlNode, document: Document): YamlNode {
  if (!isAlias(node)) return node;
  const target = node.resolve(document);
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

/** The node for an empty value. */
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
