import { UserError } from "../../../core/errors.ts";
import type { PipelineSnapshot } from "../../../kedro/snapshot.ts";
import { trimBoth } from "../../../core/text/trim.ts";

/** The name of a node's component: lowercase, with dots replaced by double underscores. */
export function componentName(node: string): string {
  return node.toLowerCase().replaceAll(".", "__");
}

/** The name of a dataset as an input or output of a step. */
export function portName(dataset: string): string {
  return dataset.toLowerCase().replace(/[^a-z0-9_]/g, "_");
}

/** The key of a step in its job, as azure-ai-ml derives it from the component's name. */
export function stepKey(component: string): string {
  const key = trimBoth(component.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_"), "_");
  return /^\p{N}/u.test(key) || key === "" ? `n${key}` : key;
}

/**
 * Assigns each item a unique name: the second item with the same name gets `_1`, the next `_2`.
 *
 * The keys of the result are the items; equal items share a name.
 */
export function uniqueNames(items: readonly string[], nameOf: (item: string) => string): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const item of items) {
    if (names.has(item)) continue;
    const wanted = nameOf(item);
    let name = wanted;
    for (let count = 1; taken.has(name); count++) name = `${wanted}_${count}`;
    taken.add(name);
    names.set(item, name);
  }
  return names;
}

/**
 * Rejects datasets whose names are not valid as inputs or outputs: as azure-ai-ml 1.35 checks them, they must start
 * with a letter or an underscore. Other invalid characters have already been replaced.
 *
 * @throws {UserError} `compile.dataset_name`.
 */
export function requirePortNames({ nodes }: Pick<PipelineSnapshot, "nodes">): void {
  for (const { name, func, inputs, outputs } of nodes) {
    const dataset = [...inputs, ...outputs].find((port) => /^[0-9]/.test(portName(port)));
    if (dataset === undefined) continue;
    throw new UserError(
      `Node "${name}": the name of dataset "${dataset}" starts with a digit, which Azure ML does not allow in input or output names`,
      {
        code: "compile.dataset_name",
        hint: `Rename "${dataset}" in the pipeline and in the catalog`,
        data: { dataset, function: func },
      },
    );
  }
}
