import { compile } from "../../../src/azureml/compile/job.ts";
import type { CompileOptions } from "../../../src/azureml/compile/input.ts";
import { parseGroupMode } from "../../../src/azureml/groups/mode.ts";
import type { FoundJob } from "../../../src/config/azureml/job_factories.ts";
import type { AzureMLConfig } from "../../../src/config/azureml/types.ts";
import type { ProjectSnapshot } from "../../../src/kedro/snapshot.ts";
import type { RandomPipeline } from "./random_pipeline.ts";

const JOB: FoundJob = {
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
  experiment_name: "e",
  display_name: null,
  compute: null,
  schedule: null,
  params: null,
  limits: null,
  description: null,
  notifications: null,
};

const CONFIG: AzureMLConfig = {
  workspace: { __default__: { subscription_id: "s", resource_group: "r", name: "w" } },
  compute: {
    __default__: { cluster_name: "cpu", instance_type: null },
    gpu: { cluster_name: "gpu-cluster", instance_type: null },
    big: { cluster_name: null, instance_type: "large" },
  },
  execution: { environment: "env@latest", code_directory: ".", working_directory: null },
  schedules: {},
  notifications: {
    team: {
      webhook_env: "HOOK",
      token_env: null,
      channel: null,
      events: ["start", "success", "failure"],
      payload: null,
      wait_timeout: 1800,
      warning_repeat_hours: 24,
      warning_repeat_tolerance_minutes: 15,
    },
  },
  jobs: {},
};

/** Compiles a pipeline with a mode; the tag `gpu` has its own cluster, `big` an instance type. */
export function compileGrouped(
  { pipeline, catalog }: RandomPipeline,
  mode: string,
  { job = {}, options = {} }: { job?: Partial<FoundJob>; options?: CompileOptions } = {},
) {
  const snapshot: ProjectSnapshot = {
    version: 1,
    project: { env: "local" } as ProjectSnapshot["project"],
    pipeline_names: ["p"],
    pipelines: { p: pipeline },
    catalog,
    parameters: {},
    warnings: [],
  };
  const place = (path: readonly (string | number)[]) => ({
    file: "azureml.yml",
    line: 1,
    key: path.join("."),
  });
  const input = { job: "job", definition: { ...JOB, ...job }, config: CONFIG, place, snapshot };
  return compile(input, { ...options, groupBy: parseGroupMode(mode) });
}
