import { knownDatasets } from "../../kedro/known/dataset_classes.ts";
import type { MigrationNote } from "./old_config.ts";
import { ownValue } from "../../core/fields.ts";

/** A `type:` with its value, also in flow style. */
const TYPE = /(\btype:\s*["']?)([A-Za-z_][\w.]*\.[A-Za-z_]\w*|[A-Za-z_]\w*Data[sS]et)\b/g;

/** Renames the dataset types in a catalog file; everything else stays as it is. */
export function renameTypes(
  text: string,
  file: string,
): { readonly text: string; readonly notes: readonly MigrationNote[] } {
  const notes: MigrationNote[] = [];
  const lines = text.split("\n").map((line, at) => {
    if (/^\s*#/.test(line)) return line;
    return line.replaceAll(TYPE, (all, before: string, type: string) => {
      const renamed = newType(type);
      if (renamed !== undefined) return before + renamed;
      if (/^kedro_azureml\./.test(type)) {
        notes.push({
          message: `${type} has no counterpart`,
          hint: "Use kedro_azureml_pipeline.datasets.AzureMLAssetDataset with a data asset of Azure ML",
          place: { file, line: at + 1, column: line.indexOf(type) + 1 },
        });
      }
      return all;
    });
  });
  lines.forEach((line, at) => {
    if (/^\s+layer:/.test(line) && !/kedro-viz/.test(lines[at - 1] ?? "")) {
      notes.push({
        message: "`layer` is not an argument of datasets in Kedro 1",
        hint: "Move it to `metadata`: `kedro-viz: {layer: …}`",
        place: { file, line: at + 1, column: line.indexOf("layer") + 1 },
      });
    }
  });
  return { text: lines.join("\n"), notes };
}

/** The new name of a type; `undefined` if it keeps its name or has no counterpart. */
function newType(type: string): string | undefined {
  const azure = /^kedro_azureml\.datasets\.(?:\w+\.)?(AzureML(?:Asset|Pipeline))Data[sS]et$/.exec(type)?.[1];
  if (azure !== undefined) return `kedro_azureml_pipeline.datasets.${azure}Dataset`;
  if (/^kedro_azureml\./.test(type)) return undefined;
  const bare = type.replace(/^(?:kedro\.)?extras\.datasets\./, "").replace(/DataSet$/, "Dataset");
  const moved = ownValue(MOVED, bare) ?? bare;
  const newest = knownDatasets().find(moved).at(-1);
  return newest === undefined || newest.until !== undefined ? undefined : moved;
}

/** Classes that moved to kedro-datasets. */
const MOVED: Readonly<Record<string, string>> = {
  PartitionedDataset: "partitions.PartitionedDataset",
  IncrementalDataset: "partitions.IncrementalDataset",
};
