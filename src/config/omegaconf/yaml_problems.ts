import { isScalar, LineCounter, visit } from "yaml";
import type { Document } from "yaml";
import { type Place, UserError } from "../../core/errors.ts";

/** A YAML file that is being read. */
export interface YamlFile {
  /** Name for places and messages. */
  readonly file: string;
  readonly lines: LineCounter;
}

/** More open brackets take the parser time that grows with their square. */
const MOST_BRACKETS = 10_000;

/** Where more brackets are open than a configuration can need; those in texts count too. */
export function tooDeepAt(text: string): number | undefined {
  let open = 0;
  for (const { 0: bracket, index } of text.matchAll(/[[{\]}]/g)) {
    open = bracket === "[" || bracket === "{" ? open + 1 : Math.max(0, open - 1);
    if (open > MOST_BRACKETS) return index;
  }
  return undefined;
}

/** The lines of a text that was not parsed. */
export function lineCounterOf(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1);
  return lines;
}

/** Reports the first line that is indented with a tab; PyYAML rejects more of these than this parser. */
export function refuseTab(reader: YamlFile, text: string, documents: readonly Document[]): void {
  const isBroken = documents.some((document) => document.errors.length > 0);
  const inside = isBroken ? [] : documents.flatMap(rangesWithTabs);
  for (const { index, 0: indent } of text.matchAll(/^ *\t/gm)) {
    const at = index + indent.length - 1;
    if (inside.some(([from, to]) => at >= from && at < to)) continue;
    throw yamlProblem(reader, at, "this line is indented with a tab; YAML allows spaces only");
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

/** How the parser's messages begin, and what they mean. */
const PLAIN: readonly (readonly [string, string])[] = [
  [
    "Implicit map keys need to be followed by map values",
    "this is no `key: value`; write a space after the colon",
  ],
  [
    "Implicit keys need to be on a single line",
    "this is no `key: value`; remove it if it is a mark of a merge conflict",
  ],
  ['Missing closing "quote', 'the closing " is missing'],
  ["Missing closing 'quote", "the closing ' is missing"],
];

/** What a message of the parser means. */
export function plainMessage(message: string): string {
  if (/call stack/i.test(message)) return "it is nested too deeply";
  const plain = PLAIN.find(([begins]) => message.startsWith(begins));
  if (plain !== undefined) return plain[1];
  return message.charAt(0).toLowerCase() + message.slice(1);
}

/** A place in a file, by its offset. */
export function placeAt(reader: YamlFile, offset: number): Place {
  const { line, col } = reader.lines.linePos(offset);
  return { file: reader.file, line: Math.max(1, line), column: Math.max(1, col) };
}

/** Creates the error for a part of a file. @param what Completes "Cannot read …: ". */
export function yamlProblem(reader: YamlFile, offset: number, what: string): UserError {
  return new UserError(`Cannot read "${reader.file}": ${what}`, {
    code: "config.yaml",
    place: placeAt(reader, offset),
  });
}
