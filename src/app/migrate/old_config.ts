import { ownValue } from "../../core/fields.ts";
import { isDeepStrictEqual } from "node:util";
import type { ConfigNode, MapNode } from "../../config/omegaconf/node.ts";
import { yamlText } from "../../config/azureml/write_yaml.ts";
import type { Warning } from "../../core/errors.ts";

/** What `migrate` cannot change by itself. */
export type MigrationNote = Omit<Warning, "code">;

/** Whether a file is an azureml.yml of getindata's plugin. */
export function isOldConfig(node: ConfigNode | undefined): node is MapNode {
  return node?.kind === "map" && node.entries.get("azure")?.kind === "map" && !node.entries.has("workspace");
}

/** Keys below `azure` without a counterpart, and why. */
const WITHOUT: Readonly<Record<string, string>> = {
  temporary_storage:
    "steps pass data on through their outputs; the storage account and AZURE_STORAGE_ACCOUNT_KEY are not needed",
  pipeline_data_passing: "it is always on",
};
const KNOWN = new Set([
  "subscription_id",
  "resource_group",
  "workspace_name",
  "experiment_name",
  "cluster_name",
  "compute",
  "environment_name",
  "code_directory",
  "working_directory",
  ...Object.keys(WITHOUT),
]);

/**
 * Converts the azureml.yml of getindata's plugin (0.x and 1.0) to ours.
 *
 * @param options.pipelines Names of pipelines that get a job each, besides `main` for `__default__`.
 * @param options.base The file of the base environment, if this is that of another one: a top-level key that is only
 *   there counts in both.
 */
export function convertConfig(
  root: MapNode,
  { pipelines, base }: { readonly pipelines: readonly string[]; readonly base: MapNode | undefined },
): { readonly text: string; readonly notes: readonly MigrationNote[] } {
  const azure = root.entries.get("azure") as MapNode;
  const docker = root.entries.get("docker") ?? base?.entries.get("docker");
  const value = (key: string) => scalarOf(azure.entries.get(key));
  const image = docker?.kind === "map" ? scalarOf(docker.entries.get("image")) : undefined;
  const experiment = value("experiment_name");
  const job = (pipeline: string) => ({
    pipeline: { pipeline_name: pipeline },
    ...(experiment !== undefined && { experiment_name: experiment }),
  });
  const config = {
    workspace: {
      __default__: {
        subscription_id: value("subscription_id") ?? "<subscription id>",
        resource_group: value("resource_group") ?? "<resource group>",
        name: value("workspace_name") ?? "<workspace>",
      },
    },
    compute: computeOf(azure),
    execution: {
      // An image wins over an environment in that plugin.
      environment: image ?? value("environment_name") ?? "<environment>@latest",
      code_directory: value("code_directory") ?? null,
      working_directory: value("working_directory") ?? null,
    },
    jobs: Object.fromEntries([["main", job("__default__")], ...pipelines.map((name) => [name, job(name)])]),
  };
  return {
    text: yamlText(config),
    notes: notesOf(root, azure, image === undefined ? undefined : docker),
  };
}

/** @param docker Where the image is, if there is one. */
function notesOf(root: MapNode, azure: MapNode, docker: ConfigNode | undefined): MigrationNote[] {
  const environment = azure.entries.get("environment_name");
  const others = [...root.entries].filter(([key]) => key !== "azure" && key !== "docker");
  return [
    ...[...azure.entries].flatMap(([key, node]): MigrationNote[] => {
      const why = ownValue(WITHOUT, String(key));
      if (why !== undefined) {
        return [{ message: `azure.${key} has no counterpart: ${why}`, place: node.keyPlace }];
      }
      return KNOWN.has(String(key)) ? [] : [{
        message: `azure.${key} is not a key of kedro-azureml, so it was left out`,
        place: node.keyPlace,
      }];
    }),
    ...others.map(([key, node]) => ({
      message: `${key} has no counterpart, so it was left out`,
      place: node.keyPlace,
    })),
    ...(docker !== undefined && scalarOf(environment) !== undefined
      ? [{
        message: `azure.environment_name was not used: docker.image${
          docker.place.file === azure.place.file ? "" : ` of ${docker.place.file}`
        } has precedence`,
        hint: "If you want the environment, set it as `execution.environment`",
        place: environment!.keyPlace,
      }]
      : []),
    ...(scalarOf(azure.entries.get("subscription_id")) === undefined
      ? [{
        message: "azure.subscription_id is missing: it was an option of `kedro azureml run`",
        hint:
          "Fill in `workspace.__default__.subscription_id`; `az account show --query id --output tsv` prints it",
        place: azure.keyPlace,
      }]
      : []),
    ...Object.entries({
      resource_group: "workspace.__default__.resource_group",
      workspace_name: "workspace.__default__.name",
      ...(isDeepStrictEqual(computeOf(azure).__default__, { cluster_name: NO_CLUSTER }) && {
        compute: "compute.__default__.cluster_name",
      }),
      ...(docker === undefined && { environment_name: "execution.environment" }),
    }).filter(([key]) => scalarOf(azure.entries.get(key)) === undefined).map(([key, filled]) => ({
      message: `azure.${key} is missing`,
      hint: `Fill in \`${filled}\``,
      place: azure.keyPlace,
    })),
  ];
}

const NO_CLUSTER = "<compute cluster>";

/** The computes; before version 0.2, there was a single `cluster_name`. */
function computeOf(azure: MapNode): Readonly<Record<string, unknown>> {
  const compute = azure.entries.get("compute");
  const cluster = scalarOf(azure.entries.get("cluster_name"));
  const entries = compute?.kind === "map" ? [...compute.entries] : [];
  const computes = entries.map(([key, node]) => [
    String(key),
    { cluster_name: node.kind === "map" ? scalarOf(node.entries.get("cluster_name")) ?? null : null },
  ]);
  const byName = Object.fromEntries(computes) as Record<string, unknown>;
  return "__default__" in byName
    ? byName
    : { __default__: { cluster_name: cluster ?? NO_CLUSTER }, ...byName };
}

/** The text of a value; `undefined` for null and for the markers of an empty template. */
function scalarOf(node: ConfigNode | undefined): string | undefined {
  if (node?.kind !== "scalar" || node.value === null || node.value === "") return undefined;
  return String(node.value);
}
