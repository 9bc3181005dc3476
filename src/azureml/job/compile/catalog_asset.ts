import { isRawJson } from "../../../core/fields.ts";
import { asText } from "../../../core/text/mask.ts";
import { UserError } from "../../../core/errors.ts";
import type { CatalogEntry, NodeSnapshot } from "../../../kedro/snapshot.ts";

/** The Azure ML data asset in a catalog entry. */
export interface DataAsset {
  readonly name: string;
  readonly type: "uri_file" | "uri_folder";
  /** The entry's `azureml_version`. */
  readonly version: string | undefined;
}

/** Whether a data asset can have this name. Azure ML specifies no periods, but accepts them in names of environments. */
export function isDataAssetName(name: string): boolean {
  return /^[a-zA-Z0-9][\w.-]{0,254}$/.test(name);
}

/** What {@linkcode isDataAssetName} allows, as a hint. */
export const DATA_ASSET_NAMES =
  "Use up to 255 letters A to Z, digits, hyphens, underscores and periods, with a letter or digit first";

/**
 * Reads a catalog entry as a data asset; `undefined` for other kinds of datasets.
 *
 * @throws {UserError} `catalog.data_asset` if a field is not valid for the plugin's dataset.
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
  if (version !== null && typeof version !== "string" && typeof version !== "number" && !isRawJson(version)) {
    throw refused(dataset, "azureml_version", version, "a version");
  }
  return { name, type: kind, version: version === null ? undefined : asText(version) };
}

/**
 * Reads a catalog entry as a data asset that a step writes: it must be a folder, and its name one that azure-ai-ml 1.35
 * accepts for an output.
 *
 * @throws {UserError} `catalog.data_asset`, `compile.uri_file`, `compile.asset_name`.
 */
export function writtenAsset(
  dataset: string,
  entry: CatalogEntry | undefined,
  node: NodeSnapshot,
): DataAsset | undefined {
  const asset = dataAsset(dataset, entry);
  if (asset?.type === "uri_file") throw fileAsset(dataset, node, "is an output");
  if (asset === undefined || /^[A-Za-z0-9_-]{1,255}$/.test(asset.name)) return asset;
  throw new UserError(
    `Node "${node.name}" writes "${dataset}" to data asset "${asset.name}", which is not a valid output name: Azure ML allows at most 255 letters, digits, "-" and "_"`,
    {
      code: "compile.asset_name",
      hint: `Change \`azureml_dataset\` of "${dataset}" in the catalog`,
      data: { dataset, key: "azureml_dataset" },
    },
  );
}

/** The error for a `uri_file` asset that a step writes. */
export function fileAsset(dataset: string, node: NodeSnapshot, what: string): UserError {
  return new UserError(
    `Node "${node.name}": "${dataset}" ${what}, so its azureml_type cannot be "uri_file"`,
    {
      code: "compile.uri_file",
      hint: `Set \`azureml_type: uri_folder\` for "${dataset}" in the catalog`,
      data: { dataset, key: "azureml_type" },
    },
  );
}

function refused(dataset: string, key: string, value: unknown, allowed: string): UserError {
  return new UserError(
    `Dataset "${dataset}": "${key}" is ${
      value === undefined ? "missing" : JSON.stringify(value)
    }; it must be ${allowed}`,
    {
      code: "catalog.data_asset",
      hint: `Change "${key}" of "${dataset}" in the catalog`,
      data: { dataset, key },
    },
  );
}
