import { isAbsolute, normalize } from "node:path/posix";
import { isFields, ownValue } from "../../../core/fields.ts";
import type { CatalogEntry } from "../../../kedro/snapshot.ts";

/** Where a dataset of the catalog keeps its data. */
export type Storage =
  /** In a folder that Azure ML mounts into each step that reads or writes it. */
  | { readonly kind: "mounted" }
  /** In a file on the machine that runs the step. */
  | { readonly kind: "local"; readonly path: string }
  /** In the memory of the step. */
  | { readonly kind: "memory" }
  /** Somewhere else, such as a database or a bucket, or unknown. */
  | { readonly kind: "elsewhere" };

/** Determines where a dataset keeps its data; the plugin mounts datasets without a catalog entry. */
export function storageOf(entry: CatalogEntry | undefined): Storage {
  if (entry === undefined) return { kind: "mounted" };
  const type = typeof entry.type === "string" ? entry.type : "";
  if (/(^|\.)AzureML(?:Asset|Pipeline)Dataset$/.test(type)) return { kind: "mounted" };
  if (/(^|\.)MemoryDataset$/.test(type)) return { kind: "memory" };
  if (/(^|\.)CachedDataset$/.test(type) && isFields(entry.dataset)) return storageUnmounted(entry.dataset);
  const path = pathIn(entry);
  return path === undefined || isRemote(path) ? { kind: "elsewhere" } : { kind: "local", path: bare(path) };
}

/**
 * Determines where a dataset keeps its data in a step that does not mount it: Azure ML's datasets then use `root_dir`
 * on the step's machine. The plugin does not mount cached datasets, nor inputs that no step of the job writes.
 */
export function storageUnmounted(entry: CatalogEntry | undefined): Storage {
  const storage = storageOf(entry);
  if (storage.kind !== "mounted" || entry === undefined) return storage;
  const { root_dir: root = "data", filepath_arg: key, dataset } = entry;
  const path = isFields(dataset) ? pathIn(dataset, key) : undefined;
  if (path === undefined) return { kind: "local", path: String(root) };
  if (isRemote(path)) return { kind: "elsewhere" };
  return { kind: "local", path: isAbsolute(path) ? path : normalize(`${root}/${path}`) };
}

/** The path in a catalog entry; `key` is its argument, if it is known. */
function pathIn(entry: CatalogEntry, key?: unknown): string | undefined {
  const path = typeof key === "string" ? ownValue(entry, key) : entry.filepath ?? entry.path;
  return typeof path === "string" && path !== "" ? path : undefined;
}

/** Whether a path is a URL of something other than a local file, such as `abfss://` or `dbfs:/`. */
function isRemote(path: string): boolean {
  return /^(?!file:)[a-z][a-z0-9+.-]+:\/?/i.test(path);
}

/** A path without its protocol, and without double slashes and `.`, as `pathlib` has it. */
function bare(path: string): string {
  return normalize(path.replace(/^file:\/\//, ""));
}

/** Whether the shell passes on the name of a file unchanged: the plugin does not quote that of a `uri_file`. */
export function isPlainName(name: string): boolean {
  return !/[\s"'$&();<>`|*?\\#!~{}[\]]/.test(name);
}
