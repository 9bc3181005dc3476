import { frozen } from "./frozen.ts";
import type { FoundJob } from "../../src/config/jobs.ts";
import type { AzureMLConfig } from "../../src/config/schema.ts";
import type { NodeSnapshot } from "../../src/kedro/snapshot.ts";

/** A job that sets nothing but its pipeline, `p`. */
export const JOB: FoundJob = frozen({
  key: "job",
  pipeline: {
    pipeline_name: "p",
    from_nodes: null,
    to_nodes: null,
    node_names: null,
    from_inputs: null,
    to_outputs: null,
    node_namespaces: null,
    tags: null,
  },
  workspace: null,
  experiment_name: null,
  display_name: null,
  compute: null,
  schedule: null,
  params: null,
  limits: null,
  description: null,
  notifications: null,
});

/** A configuration with a cluster for tag `gpu` and an instance type for `big`. */
export const CONFIG: AzureMLConfig = frozen({
  workspace: { __default__: { subscription_id: "s", resource_group: "r", name: "w" } },
  compute: {
    __default__: { cluster_name: "cpu", instance_type: null },
    gpu: { cluster_name: "gpu-cluster", instance_type: null },
    big: { cluster_name: null, instance_type: "large" },
  },
  execution: { environment: "env@latest", code_directory: null, working_directory: null },
  schedules: {},
  notifications: {},
  jobs: {},
});

/** Properties of a node that a test sets. */
export type NodeOf = Pick<NodeSnapshot, "name" | "inputs" | "outputs"> & Partial<NodeSnapshot>;

/** Creates a node with defaults. */
export function node(parts: NodeOf): NodeSnapshot {
  const { name } = parts;
  return {
    short_name: name,
    func: "m:f",
    tags: [],
    namespace: null,
    depends_on: [],
    distributed: null,
    ...parts,
  };
}
