import { isFields } from "../../../core/fields.ts";
import type { CatalogEntry, Json } from "../../../kedro/snapshot.ts";

/** A dataset of a catalog entry: the entry itself, or one that it wraps. */
export interface DatasetDefinition {
  /** Name in the catalog. */
  readonly dataset: string;
  /** Keys from the catalog entry to this definition. */
  readonly path: readonly string[];
  readonly type: string;
  /** Its arguments, without `type`. */
  readonly args: Readonly<Record<string, Json>>;
  /** The class that wraps it; `undefined` for the entry itself. */
  readonly wrapper: string | undefined;
  /** Argument that the wrapper sets. */
  readonly given: string | undefined;
}

/** Lists the datasets of a catalog entry, outermost first. */
export function definitionsOf(dataset: string, entry: CatalogEntry): DatasetDefinition[] {
  return definitionsIn(dataset, entry, { path: [], wrapper: undefined, given: undefined });
}

function definitionsIn(
  dataset: string,
  entry: Json,
  at: Pick<DatasetDefinition, "path" | "wrapper" | "given">,
): DatasetDefinition[] {
  const written = typeof entry === "string" ? { type: entry } : entry;
  if (!isFields(written) || typeof written.type !== "string") return [];
  const { type, ...args } = written;
  const filepathKey = typeof args.filepath_arg === "string" ? args.filepath_arg : "filepath";
  const nested = isWrapper(type as string) && args.dataset !== undefined
    ? definitionsIn(dataset, args.dataset, {
      path: [...at.path, "dataset"],
      wrapper: type as string,
      given: /CachedData[sS]et$/.test(type as string) ? undefined : filepathKey,
    })
    : [];
  return [{ dataset, type: type as string, args, ...at }, ...nested];
}

/** Whether a class takes another dataset as its argument `dataset`. */
export function isWrapper(type: string): boolean {
  return /(?:^|\.)(?:Cached|Partitioned|Incremental|AzureML\w*)Data[sS]et$/.test(type);
}

/** Whether a class is one of the plugin that runs the steps. */
export function isAzureMLClass(type: string): boolean {
  return /^kedro_azureml_pipeline\.datasets\.(?:\w+\.)?AzureML(?:Asset|Pipeline)Dataset$/.test(type);
}
