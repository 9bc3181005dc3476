import { createPatch } from "diff";
import { basename, dirname } from "node:path/posix";
import { Document, isMap, isScalar, LineCounter, parseDocument, Scalar, stringify, type YAMLMap } from "yaml";

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
