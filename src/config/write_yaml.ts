import { Document, Scalar, stringify, visit } from "yaml";
import { isRawJson } from "../core/json.ts";
import { shownJson, shownText } from "../core/untrusted.ts";

/** YAML 1.1 output, which readers of YAML 1.1 and of 1.2 parse to the same values. */
const WRITING = { version: "1.1", lineWidth: 110, aliasDuplicateObjects: false } as const;

/**
 * Serializes data as YAML, as `stringify()` of the package `yaml` does with the same options, byte for byte.
 *
 * The package makes a node of each key and value, which takes longer than all else that compiling 200 nodes does. Thus
 * mappings of plain text are written here, and everything else (quotes, line breaks, numbers, lists) by the package.
 */
export function yamlText(data: unknown): string {
  return isMapping(data) ? mappingText(data, 0) : stringify(data, WRITING);
}

function mappingText(mapping: Mapping, depth: number): string {
  let text = "";
  for (const [key, value] of Object.entries(mapping)) {
    if (value === undefined) continue;
    const isPlain = key.length < LONGEST_KEY && isPlainText(key);
    const start = `${"  ".repeat(depth)}${key}:`;
    if (isPlain && isMapping(value)) text += `${start}\n${mappingText(value, depth + 1)}`;
    else {
      const plain = isPlain ? scalarText(value, key, depth) : undefined;
      const pair = plain === undefined ? pairText(key, value, depth) : `${start} ${plain}\n`;
      text += shownText(pair, { color: false }) === pair ? pair : jsonPair(key, value, depth);
    }
  }
  return text;
}

/** One key with its value as JSON, which is YAML, too: with escapes for text that printing would change. */
function jsonPair(key: string, value: unknown, depth: number): string {
  return `${"  ".repeat(depth)}${shownJson(`${JSON.stringify(key)}: ${JSON.stringify(value)}`)}\n`;
}

/** One key with its value as the package writes it that deep; where lines are folded depends on the depth. */
function pairText(key: string, value: unknown, depth: number): string {
  let nested: unknown = { [key]: value };
  let start = 0;
  for (let at = 0; at < depth; at++) {
    nested = { a: nested };
    start += 2 * at + "a:\n".length;
  }
  return stringify(nested, WRITING).slice(start);
}

type Mapping = Readonly<Record<string, unknown>>;

/** Whether `value` is a plain object that is written as a block, with something in it. */
function isMapping(value: unknown): value is Mapping {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) &&
    Object.values(value).some((entry) => entry !== undefined);
}

/** A value that is written as it is or in quotes; `undefined` for one that the package is to write. */
function scalarText(value: unknown, key: string, depth: number): string | undefined {
  if (typeof value === "boolean") return String(value);
  if (typeof value !== "string") return undefined;
  if (isPlainText(value)) return folded(value, key, depth);
  return /^\d+$/.test(value) ? `"${value}"` : undefined;
}

/** Breaks a long text at spaces where the package does: it does not count the indentation of the first line. */
function folded(text: string, key: string, depth: number): string {
  const indent = "  ".repeat(depth + 1);
  const most = Math.max(LEAST_CONTENT, WRITING.lineWidth - indent.length) + 1;
  if (text.length <= most) return text;
  let lines = "";
  let lineStart = 0;
  let lineEnd = WRITING.lineWidth - key.length - ": ".length;
  const spaces = [...text.matchAll(/ /g)].map(({ index }) => index);
  for (const [at, space] of spaces.entries()) {
    const wordEnd = (spaces[at + 1] ?? text.length) - 1;
    if (wordEnd < lineEnd) continue;
    lines += `${text.slice(lineStart, space)}\n${indent}`;
    lineStart = space + 1;
    lineEnd = space + most;
  }
  return lines + text.slice(lineStart);
}

/** Whether `value` is text that no version of YAML reads as anything but itself. */
function isPlainText(value: string): boolean {
  return PLAIN_TEXT.test(value) && !OTHER_VALUE.test(value);
}

/** The least number of characters that the package leaves on a line, however deep. */
const LEAST_CONTENT = 20;

/** Length from which the package may write a value on a line of its own. */
const LONGEST_KEY = 80;

const PLAIN_TEXT = /^[a-z_$/](?:[!"$-9;-~]| (?=[!"$-9;-~])|[:#](?=[!"$-9;-~]))*$/i;
const OTHER_VALUE = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

/**
 * Serializes data as YAML with a comment after each value.
 *
 * @param data Plain data; numbers may be raw JSON literals such as `1.0`, which keep their spelling.
 * @param comments One comment per value, in order; empty mappings and lists count as values.
 */
export function commentedYamlText(data: unknown, comments: readonly string[] = []): string {
  const document = new Document(data, (_, value) => rawNumber(value) ?? value, WRITING);
  let at = 0;
  const comment = () => comments[at] === undefined ? null : ` ${comments[at++]}`;
  visit(document, {
    Scalar: (key, node) => {
      if (key !== "key") node.comment = comment();
    },
    Collection: (_, node) => {
      if (node.items.length === 0) node.comment = comment();
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** Converts a raw JSON literal to a YAML number; `undefined` for any other value. */
function rawNumber(value: unknown): Scalar | bigint | undefined {
  if (!isRawJson(value)) return undefined;
  if (/^-?\d+$/.test(value.rawJSON)) return BigInt(value.rawJSON);
  const number = new Scalar(Number(value.rawJSON));
  number.minFractionDigits = 1;
  return number;
}
