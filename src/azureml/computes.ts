import type { AzureMLConfig, ClusterConfig, JobConfig } from "../config/azureml_config.ts";
import type { Places } from "../config/load.ts";
import { ExitCode, UserError } from "../errors.ts";
import type { NodeSnapshot } from "../kedro/snapshot.ts";

/** Where something runs. */
export interface StepCompute {
  readonly cluster: string;
  readonly instanceType: string | undefined;
}

/** The compute of a job's steps without a tag: `jobs.X.compute` is a key of `compute`, or else a cluster's name. */
export function jobCompute(config: AzureMLConfig, job: JobConfig): StepCompute {
  const { compute } = job;
  if (compute === null || compute === "") return withDefaults(config, config.compute.__default__!);
  const entry = Object.hasOwn(config.compute, compute) ? config.compute[compute] : undefined;
  return withDefaults(config, entry ?? { cluster_name: compute, instance_type: null });
}

/**
 * The compute of one step: that of the node's tag, else the job's.
 *
 * @throws {UserError} `compile.two_computes` when two tags of the node are keys of `compute`.
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
      `Cannot choose a compute for node "${node.name}": its tags name ${keys.length} of them`,
      {
        code: "compile.two_computes",
        exit: ExitCode.Config,
        details: [`tags: ${keys.join(", ")}`, `its function is ${node.func}`],
        place: place(["compute", keys[0]!]),
        hint: `Leave one of the tags ${keys.map((key) => `"${key}"`).join(" and ")} on the node`,
      },
    );
  }
  return keys[0] === undefined ? ofJob : withDefaults(config, config.compute[keys[0]]!);
}

function withDefaults(config: AzureMLConfig, entry: ClusterConfig): StepCompute {
  const fallback = config.compute.__default__!;
  return {
    cluster: entry.cluster_name ?? fallback.cluster_name!,
    instanceType: entry.instance_type ?? fallback.instance_type ?? undefined,
  };
}
