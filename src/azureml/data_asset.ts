import { ExitCode, UserError } from "../errors.ts";
import type { CatalogEntry } from "../kedro/snapshot.ts";

/** A data asset of Azure ML that a dataset of the catalog stands for. */
export interface DataAsset {
  readonly name: string;
  readonly type: "uri_file" | "uri_folder";
  /** `azureml_version` of the catalog. */
  readonly version: string | undefined;
}

/**
 * Reads a catalog entry as a data asset; `undefined` when it is another kind of dataset.
 *
 * @throws {UserError} `catalog.data_asset` when a field of the entry is not what the plugin's dataset takes.
 */
export function dataAsset(dataset: string, entry: CatalogEntry | undefined): DataAsset | undefined {
  const { type } = entry ?? {};
  if (typeof type !== "string" || !/(^|\.)AzureMLAssetDataset$/.test(type)) return undefined;
  const { azureml_dataset: name, azureml_type: kind = "uri_folder", azureml_version: version = null } =
    entry!;
  if (typeof name !== "string" || name === "") {
    throw refused(dataset, "azureml_dataset", name, "the name of a data asset");
  }
  if (kind !== "uri_file" && kind !== "uri_folder") {
    throw refused(dataset, "azureml_type", kind, '"uri_file" or "uri_folder"');
  }
  if (version !== null && typeof version !== "string" && typeof version !== "number") {
    throw refused(dataset, "azureml_version", version, "a version");
  }
  return { name, type: kind, version: version === null ? undefined : String(version) };
}

function refused(dataset: string, key: string, found: unknown, allowed: string): UserError {
  return new UserError(
    `Cannot use dataset "${dataset}": "${key}" is ${
      found === undefined ? "missing" : JSON.stringify(found)
    }, and must be ${allowed}`,
    {
      code: "catalog.data_asset",
      exit: ExitCode.Config,
      hint: `Change "${key}" of "${dataset}" in the catalog`,
      data: { dataset, key },
    },
  );
}
