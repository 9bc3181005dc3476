import type { AzureMLConfig, JobConfig } from "../config/azureml_config.ts";
import type { Warning } from "../errors.ts";
import { pipelineNamed, slice } from "../kedro/slice.ts";
import type { PipelineSnapshot, ProjectSnapshot } from "../kedro/snapshot.ts";
import { jobCompute, stepCompute } from "./computes.ts";
import { compileSteps } from "./compile_steps.ts";
import type { JobOutput, JobSpec, Step } from "./job_spec.ts";
import { pythonJson } from "./python_json.ts";

/** What a job is compiled from. */
export interface CompileInput {
  /** The job's name. */
  readonly name: string;
  /** The job, rendered where it comes from a factory. */
  readonly job: JobConfig;
  readonly config: AzureMLConfig;
  readonly snapshot: ProjectSnapshot;
  /** `tracking.experiment.name` of mlflow.yml. */
  readonly defaultExperimentName?: string | undefined;
}

/** What the command line changes in every job that it compiles. */
export interface CompileOptions {
  /** `--aml-env`. */
  readonly environment?: string | undefined;
  /** `--params`; wins over the job's own. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** `--env-var`. */
  readonly environmentVariables?: Readonly<Record<string, string>> | undefined;
  /** `--load-versions`, by dataset. */
  readonly loadVersions?: Readonly<Record<string, string>> | undefined;
  readonly displayName?: string | undefined;
}

/** A compiled job, and what its author should know about it. */
export interface Compiled {
  readonly spec: JobSpec;
  readonly warnings: readonly Warning[];
}

/**
 * Compiles one job of `azureml.yml` to the job that Azure ML gets. Pure.
 *
 * @throws {UserError} `pipeline.*` for a filter that fits nothing, `compile.*` for what cannot be a step.
 */
export function compile(input: CompileInput, options: CompileOptions = {}): Compiled {
  const { name, job, config, snapshot } = input;
  const warnings: Warning[] = [];
  const pipeline = filtered(pipelineNamed(snapshot, job.pipeline.pipeline_name), job);
  const experimentName = job.experiment_name || input.defaultExperimentName || undefined;
  const displayName = options.displayName ?? job.display_name ?? undefined;
  const params = mergedParams(job, options);
  const compute = jobCompute(config, job);
  const steps = compileSteps({
    input,
    options,
    pipeline,
    displayName,
    experimentName,
    params,
    computeOf: (node) => stepCompute(config, compute, node),
    warn: (warning) => void warnings.push(warning),
  });
  const spec: JobSpec = {
    job: name,
    pipelineName: job.pipeline.pipeline_name,
    displayName,
    experimentName,
    description: job.description ?? undefined,
    compute: compute.cluster,
    codeDirectory: config.execution.code_directory ?? undefined,
    environment: options.environment || config.execution.environment || undefined,
    steps,
    outputs: jobOutputs(steps),
  };
  return { spec, warnings };
}

/** The parameters that every step gets, as JSON; the command line's win, key by top-level key. */
function mergedParams(job: JobConfig, options: CompileOptions): string | undefined {
  const merged = { ...job.params, ...options.params };
  return Object.keys(merged).length === 0 ? undefined : pythonJson(merged);
}

/** As the plugin: only a filter that is there is applied, so that a pipeline without nodes compiles. */
function filtered(pipeline: PipelineSnapshot, job: JobConfig): PipelineSnapshot {
  const { pipeline_name: _, ...filters } = job.pipeline;
  return Object.values(filters).every((names) => names === null) ? pipeline : slice(pipeline, filters);
}

function jobOutputs(steps: readonly Step[]): JobOutput[] {
  return steps.flatMap((step) =>
    step.outputs.flatMap(({ name, type, jobOutput }) =>
      jobOutput === undefined ? [] : [{ name: jobOutput, type, step: step.key, output: name }]
    )
  );
}
