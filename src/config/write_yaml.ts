import { createPatch } from "diff";
import { basename, dirname } from "node:path/posix";
import {
  Document,
  isMap,
  isScalar,
  LineCounter,
  parseDocument,
  Scalar,
  stringify,
  visit,
  type YAMLMap,
} from "yaml";
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

/** A dataset of the catalog whose local file steps cannot share, and what it becomes. */
export interface CatalogRewrite {
  readonly dataset: string;
  /** The data asset that it is read from; absent if steps write it, so that Azure ML passes it on and keeps it. */
  readonly asset?: {
    readonly name: string;
    readonly type: "uri_file" | "uri_folder";
    /** Whether the asset is the folder that the path is in, as steps need that write it. */
    readonly isParent?: boolean;
  };
  /** What its path resolves to; an interpolated path is kept if its folder is the same without interpolation. */
  readonly path?: string;
  /** What a dataset factory of the file resolves to for the dataset, which then gets an entry of its own. */
  readonly fromFactory?: Readonly<Record<string, unknown>>;
}

/**
 * Rewrites entries of a catalog file so that their data comes from data assets, or is passed on by Azure ML; everything
 * else keeps its text, comments included. Datasets of factories get entries at the end of the file. Aliases and merges
 * in an entry stay, because their anchors are still above it.
 *
 * @param file Name of the file, for the diff.
 */
export function rewriteCatalog(
  file: string,
  text: string,
  rewrites: readonly CatalogRewrite[],
) {
  const document = parseDocument(text, { version: "1.1", lineCounter: new LineCounter(), merge: true });
  const skipped = new Map<string, string>();
  const edits: { readonly start: number; readonly end: number; readonly text: string }[] = [];
  const added: string[] = [];
  const contents = isMap(document.contents) ? document.contents : undefined;
  const ofFile = (lines: string) => text.includes("\r\n") ? lines.replaceAll("\n", "\r\n") : lines;
  for (const rewrite of rewrites) {
    const entry = rewrite.fromFactory === undefined
      ? contents?.get(rewrite.dataset, true)
      : new Document(rewrite.fromFactory, { version: "1.1" }).contents;
    const values = isMap(entry) ? entry.toJS(document) as Values : {};
    const reason = isMap(entry)
      ? problemOfFile(rewrite, contents) ?? problemOf(entry, values, rewrite)
      : "it is not a mapping of its own in this file";
    if (reason !== undefined) skipped.set(rewrite.dataset, reason);
    else if (isMap(entry)) {
      const lines = rewrittenText(entry, values, rewrite);
      if (rewrite.fromFactory === undefined) edits.push(replacement(entry, text, ofFile(lines)));
      else added.push(ofFile(`\n${stringify(rewrite.dataset, { version: "1.1" }).trimEnd()}:\n${lines}\n`));
    }
  }
  let result = text;
  for (const { start, end, text: replacement } of edits.sort((a, b) => b.start - a.start)) {
    result = result.slice(0, start) + replacement + result.slice(end);
  }
  if (added.length > 0) result = [`${result.trimEnd()}${ofFile("\n")}`, ...added].join("");
  return {
    text: result,
    diff: createPatch(file, text, result, undefined, undefined, { context: 1 }),
    skipped,
  };
}

/** Why no entry of a file can be rewritten or added for a dataset; `undefined` if it can. */
function problemOfFile({ fromFactory }: CatalogRewrite, file: YAMLMap | undefined): string | undefined {
  if (file?.flow) return "the whole file is written in braces";
  if (fromFactory === undefined) return undefined;
  return JSON.stringify(fromFactory).includes('"[hidden]"')
    ? "its credentials are in the catalog"
    : undefined;
}

/** Why a versioned entry cannot be rewritten: the plugin refuses it inside an Azure ML dataset. */
export const VERSIONED = "it is versioned";

/** The keys of an entry and their values, with those of aliases and merges. */
type Values = Readonly<Record<string, unknown>>;

const pathKeyOf = (values: Values) => typeof values.filepath === "string" ? "filepath" : "path";
const bare = (path: string) => path.replace(/^file:\/\//, "").replace(/^\.\//, "");

/** Why an entry cannot be rewritten; `undefined` if it can. */
function problemOf(
  entry: YAMLMap,
  values: Values,
  { path: resolved, asset }: CatalogRewrite,
): string | undefined {
  if (entry.anchor !== undefined) return `other entries refer to it as &${entry.anchor}`;
  const key = pathKeyOf(values);
  const { [key]: path, versioned } = values;
  if (typeof path !== "string") return "it has no filepath";
  const { anchor } = (entry.get(key, true) ?? {}) as { readonly anchor?: string };
  if (anchor !== undefined) return `other entries refer to its ${key} as &${anchor}`;
  if (path.includes("${") && !keepsFolder(bare(path), resolved)) return `its ${key} is interpolated`;
  // What steps write needs no versions, which Azure ML keeps, and the plugin refuses them in the entry.
  const isDropped = (asset === undefined || asset.isParent) &&
    entry.items.some(({ key }) => isScalar(key) && key.value === "versioned");
  return versioned === true && !isDropped ? VERSIONED : undefined;
}

/** Whether the folder of an interpolated path resolves to the folder of what the path resolves to. */
function keepsFolder(path: string, resolved: string | undefined): boolean {
  const name = basename(path);
  if (resolved === undefined || !/[{}]/.test(name)) return resolved !== undefined;
  const plain = path.replaceAll(/\$\{[^{}]*\}/g, "");
  return !/[{}]/.test(plain) && plain.split("/").length === resolved.split("/").length;
}

/** Puts lines in the place of an entry: below its key, also if it is in braces beside it. */
function replacement(entry: YAMLMap, text: string, lines: string) {
  const [from, valueEnd, to] = entry.range!;
  if (entry.flow) {
    const start = text.slice(0, from).trimEnd().length;
    return { start, end: valueEnd, text: `${text.includes("\r\n") ? "\r\n" : "\n"}${lines}` };
  }
  const start = text.lastIndexOf("\n", from - 1) + 1;
  return { start, end: start + text.slice(start, to).trimEnd().length, text: lines };
}

function rewrittenText(entry: YAMLMap, values: Values, { asset }: CatalogRewrite): string {
  const key = pathKeyOf(values);
  const path = bare(String(values[key]));
  const inner = entry.clone() as YAMLMap;
  // Comments above the entry, and beside one in braces, stay where they are.
  inner.commentBefore = null;
  if (inner.flow) inner.comment = null;
  const [first] = inner.items;
  if (isScalar(first?.key)) first.key.commentBefore = null;
  const isFolder = asset?.type === "uri_folder" && !asset.isParent;
  const name = isFolder ? "." : basename(path);
  const value = inner.get(key, true);
  if (isScalar(value)) value.value = name;
  else inner.set(key, new Scalar(name));
  if (values.versioned === true) inner.delete("versioned");
  const outer = {
    type: `kedro_azureml_pipeline.datasets.AzureML${asset === undefined ? "Pipeline" : "Asset"}Dataset`,
    ...(asset && { azureml_dataset: asset.name, azureml_type: asset.type }),
    root_dir: isFolder ? path.replace(/\/$/, "") : dirname(path),
    ...(key !== "filepath" && { filepath_arg: key }),
    dataset: inner,
  };
  const lines = stringify(outer, {
    version: "1.1",
    lineWidth: 0,
    verifyAliasOrder: false,
    flowCollectionPadding: false,
  });
  return lines.trimEnd().split("\n").map((line) => line === "" ? line : `  ${line}`).join("\n");
}
