import type { Places } from "../../../config/azureml_yml.ts";
import type { AzureMLConfig, JobConfig } from "../../../config/schema.ts";
import { inQuotes, UserError } from "../../../core/errors.ts";
import type { NodeSnapshot } from "../../../kedro/snapshot.ts";
import { ownValue } from "../../../core/json.ts";

export interface StepCompute {
  readonly cluster: string;
  readonly instanceType: string | undefined;
}

/**
 * The compute of steps without a compute tag: `jobs.X.compute` is a key of `compute`, or else a cluster name.
 *
 * @throws {UserError} `compile.no_cluster` if the default compute's name is empty.
 */
export function jobCompute(config: AzureMLConfig, job: JobConfig, place: Places): StepCompute {
  const { compute } = job;
  if (compute === null) return withDefaults(config, config.compute.__default__!, place);
  const entry = ownValue(config.compute, compute);
  return withDefaults(config, entry ?? { cluster_name: compute, instance_type: null }, place);
}

/**
 * The compute of one step: chosen by the node's tag, else the job's.
 *
 * @throws {UserError} `compile.two_computes` if two tags of the node are keys of `compute`; `compile.no_cluster`.
 */
export function stepCompute(
  config: AzureMLConfig,
  ofJob: StepCompute,
  node: NodeSnapshot,
  place: Places,
): StepCompute {
  const keys = node.tags.filter((tag) => Object.hasOwn(config.compute, tag));
  if (keys.length > 1) {
    throw new UserError(
      `Node "${node.name}" has tags for ${keys.length} computes`,
      {
        // compile.two_computes: A node has tags for several computes. Keep one of them.
        code: "compile.two_computes",
        details: [`tags: ${keys.join(", ")}`, `function: ${node.func}`],
        place: place(["compute", keys[0]!]),
        hint: `Keep only one of the tags ${inQuotes(keys, " and ")} on the node`,
      },
    );
  }
  return keys[0] === undefined ? ofJob : withDefaults(config, config.compute[keys[0]]!, place);
}

function withDefaults(
  config: AzureMLConfig,
  entry: AzureMLConfig["compute"][string],
  place: Places,
): StepCompute {
  const fallback = config.compute.__default__!;
  const cluster = entry.cluster_name || fallback.cluster_name;
  if (!cluster) throw noCluster(place);
  return {
    cluster: clusterName(cluster),
    instanceType: entry.instance_type || fallback.instance_type || undefined,
  };
}

function noCluster(place: Places): UserError {
  return new UserError("The name of the default compute is empty", {
    // compile.no_cluster: The default compute has no name. Set `compute.__default__.cluster_name` in
    //   azureml.yml.
    code: "compile.no_cluster",
    place: place(["compute", "__default__", "cluster_name"]),
    hint: "Set `compute.__default__.cluster_name` in azureml.yml",
  });
}

/** The bare name of a cluster given as `azureml:name` or by its id, which is in the job's workspace. */
function clusterName(text: string): string {
  const bare = text.replace(/^azureml:/, "");
  return /^\/subscriptions\/.+\/computes\/([^/]+)$/i.exec(bare)?.[1] ?? bare;
}
