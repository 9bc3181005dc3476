import { createPatch } from "diff";
import { basename, dirname } from "node:path/posix";
import { Document, isMap, isScalar, LineCounter, parseDocument, stringify } from "yaml";
import type { YAMLMap } from "yaml";

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
  /** What a dataset factory of the file resolves to for the dataset, which then gets an entry of its own. */
  readonly fromFactory?: Readonly<Record<string, unknown>>;
}

/** A catalog file with some of its entries rewritten. */
export interface RewrittenCatalog {
  readonly text: string;
  /** The changes as a unified diff. */
  readonly diff: string;
  /** Datasets that cannot be rewritten, each with the reason. */
  readonly skipped: ReadonlyMap<string, string>;
}

/**
 * Rewrites entries of a catalog file so that their data comes from data assets, or is passed on by Azure ML; everything
 * else keeps its text, comments included. Datasets of factories get entries at the end of the file.
 *
 * @param file Name of the file, for the diff.
 */
export function rewriteCatalog(
  file: string,
  text: string,
  rewrites: readonly CatalogRewrite[],
): RewrittenCatalog {
  const document = parseDocument(text, { version: "1.1", lineCounter: new LineCounter(), merge: true });
  const skipped = new Map<string, string>();
  const edits: { readonly start: number; readonly end: number; readonly text: string }[] = [];
  const added: string[] = [];
  const contents = isMap(document.contents) ? document.contents : undefined;
  for (const rewrite of rewrites) {
    const entry = rewrite.fromFactory === undefined
      ? contents?.get(rewrite.dataset, true)
      : new Document(rewrite.fromFactory, { version: "1.1" }).contents;
    const reason = isMap(entry)
      ? problemOfFactory(rewrite, contents) ?? problemOf(entry)
      : "it is not a mapping of its own in this file";
    if (reason !== undefined) skipped.set(rewrite.dataset, reason);
    else if (isMap(entry)) {
      const lines = rewrittenText(entry, rewrite);
      if (rewrite.fromFactory === undefined) edits.push({ ...rangeOf(entry, text), text: lines });
      else added.push(`${stringify(rewrite.dataset).trimEnd()}:\n${lines}\n`);
    }
  }
  let result = text;
  for (const { start, end, text: replacement } of edits.sort((a, b) => b.start - a.start)) {
    result = result.slice(0, start) + replacement + result.slice(end);
  }
  if (added.length > 0) result = [`${result.trimEnd()}\n`, ...added].join("\n");
  return {
    text: result,
    diff: createPatch(file, text, result, undefined, undefined, { context: 1 }),
    skipped,
  };
}

/** Why no entry can be added for a dataset of a factory; `undefined` if it can. */
function problemOfFactory({ fromFactory }: CatalogRewrite, file: YAMLMap | undefined): string | undefined {
  if (fromFactory === undefined) return undefined;
  if (file?.flow) return "the whole file is written in braces";
  return JSON.stringify(fromFactory).includes('"[hidden]"')
    ? "its credentials are in the catalog"
    : undefined;
}

/** Why an entry cannot be rewritten; `undefined` if it can. */
function problemOf(entry: YAMLMap): string | undefined {
  if (entry.flow) return "it is written in one line, in braces";
  if (entry.anchor !== undefined) return `other entries refer to it as &${entry.anchor}`;
  const path = entry.get("filepath") ?? entry.get("path");
  if (typeof path !== "string") return "it has no filepath";
  if (path.includes("${")) return "its filepath is interpolated";
  if (entry.get("versioned") === true) return "it is versioned";
  return undefined;
}

/** The lines of an entry below its key. */
function rangeOf(entry: YAMLMap, text: string): { readonly start: number; readonly end: number } {
  const [from, , to] = entry.range!;
  const start = text.lastIndexOf("\n", from - 1) + 1;
  const lines = text.slice(start, to).trimEnd();
  return { start, end: start + lines.length };
}

function rewrittenText(entry: YAMLMap, { asset }: CatalogRewrite): string {
  const key = entry.has("filepath") ? "filepath" : "path";
  const path = String(entry.get(key)).replace(/^file:\/\//, "").replace(/^\.\//, "");
  const pair = entry.items.find((item) => isScalar(item.key) && item.key.value === key)!;
  const inner = entry.clone() as YAMLMap;
  // Comments above the entry stay where they are.
  inner.commentBefore = null;
  const [first] = inner.items;
  if (isScalar(first?.key)) first.key.commentBefore = null;
  const value = inner.items[entry.items.indexOf(pair)]!.value;
  const isFolder = asset?.type === "uri_folder" && !asset.isParent;
  if (isScalar(value)) value.value = isFolder ? "." : basename(path);
  const outer = {
    type: `kedro_azureml_pipeline.datasets.AzureML${asset === undefined ? "Pipeline" : "Asset"}Dataset`,
    ...(asset && { azureml_dataset: asset.name, azureml_type: asset.type }),
    root_dir: isFolder ? path.replace(/\/$/, "") : dirname(path),
    ...(key !== "filepath" && { filepath_arg: key }),
    dataset: inner,
  };
  return stringify(outer, { version: "1.1", lineWidth: 0 }).trimEnd().split("\n").map((line) =>
    line === "" ? line : `  ${line}`
  ).join("\n");
}
