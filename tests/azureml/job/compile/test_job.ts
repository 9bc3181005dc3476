import { compile } from "../../../../src/azureml/job/compile/compile.ts";
import type { JobOverrides } from "../../../../src/azureml/job/compile/input.ts";
import { parseGroupMode } from "../../../../src/core/group_mode.ts";
import type { FoundJob } from "../../../../src/config/jobs.ts";
import type { AzureMLConfig } from "../../../../src/config/schema.ts";
import type { ProjectSnapshot } from "../../../../src/kedro/snapshot.ts";
import { CONFIG as PLAIN, JOB } from "../../../fakes/plain_job.ts";
import type { RandomPipeline } from "./random_pipeline.ts";

const CONFIG: AzureMLConfig = {
  ...PLAIN,
  execution: { ...PLAIN.execution, code_directory: "." },
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
};

/** Compiles a pipeline with a grouping mode; tag `gpu` has its own cluster, `big` an instance type. */
export function compileGrouped(
  { pipeline, catalog }: RandomPipeline,
  mode: string,
  { job = {}, options = {} }: { job?: Partial<FoundJob>; options?: JobOverrides } = {},
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
  const input = {
    job: "job",
    definition: { ...JOB, experiment_name: "e", ...job },
    config: CONFIG,
    place,
    snapshot,
  };
  return compile(input, { ...options, groupBy: parseGroupMode(mode) });
}
