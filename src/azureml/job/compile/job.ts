import type { FoundJob } from "../../../config/azureml/job_factories.ts";
import { placing, type Warning } from "../../../core/errors.ts";
import { pipelineNamed, slice, type SliceFilter } from "../../../kedro/slice.ts";
import type { PipelineSnapshot } from "../../../kedro/snapshot.ts";
import { jobCompute, stepCompute } from "./choose_compute.ts";
import type { CompileInput, CompileOptions } from "./input.ts";
import { compileSteps } from "./steps.ts";
import { parseEnvironment } from "./environment_ref.ts";
import type { JobOutput, JobSpec, Step } from "../job_spec.ts";
import { pythonJson } from "../../../core/text/python_json.ts";

/** A compiled job, with warnings for its author. */
export interface Compiled {
  readonly spec: JobSpec;
  readonly warnings: readonly Warning[];
}

/**
 * Compiles one job of `azureml.yml` to the form that is sent to Azure ML. Pure.
 *
 * @throws {UserError} `pipeline.*` if a filter matches nothing; `compile.*`, `catalog.*`, `environment.*` or `group.*`
 *   for what cannot be compiled.
 */
export function compile(input: CompileInput, options: CompileOptions = {}): Compiled {
  const { job, definition, config } = input;
  const warnings: Warning[] = [];
  const pipeline = filtered(input);
  refuseUnclear(input, options);
  const experimentName = definition.experiment_name || input.defaultExperimentName || undefined;
  const displayName = options.displayName ?? definition.display_name ?? undefined;
  const params = mergedParams(definition, options);
  const compute = jobCompute(config, definition, input.place);
  const steps = compileSteps({
    input,
    options,
    pipeline,
    displayName,
    experimentName,
    params,
    computeOf: (node) => stepCompute(config, compute, node, input.place),
    warn: (warning) => void warnings.push(warning),
  });
  const spec: JobSpec = {
    job,
    key: definition.key,
    pipelineName: definition.pipeline.pipeline_name,
    displayName,
    experimentName,
    description: definition.description ?? undefined,
    compute: compute.cluster,
    codeDirectory: config.execution.code_directory ?? undefined,
    environment: options.environment || config.execution.environment || undefined,
    steps,
    outputs: jobOutputs(steps),
  };
  return { spec, warnings };
}

/** The parameters of every step, as JSON; the command line's take precedence, by top-level key. */
function mergedParams({ params }: FoundJob, options: CompileOptions): string | undefined {
  const merged = { ...params, ...options.params };
  return Object.keys(merged).length === 0 ? undefined : pythonJson(merged);
}

/** Applies only the filters that are set, as the plugin does, so that an empty pipeline still compiles. */
function filtered({ definition, snapshot, place }: CompileInput): PipelineSnapshot {
  const { pipeline_name: name, ...filters } = definition.pipeline;
  const path = ["jobs", definition.key, "pipeline"];
  const pipeline = placing(() => place([...path, "pipeline_name"]), () => pipelineNamed(snapshot, name));
  if (Object.values(filters).every((names) => names === null)) return pipeline;
  return placing(
    () => place([...path, ...refusedAlone(pipeline, filters)]),
    () => slice(pipeline, filters),
  );
}

/** The key of the first filter that fails on its own, if any. */
function refusedAlone(pipeline: PipelineSnapshot, filters: SliceFilter): string[] {
  const keys = Object.keys(filters) as (keyof SliceFilter)[];
  const failing = keys.find((key) => {
    try {
      return slice(pipeline, { [key]: filters[key] }) === undefined;
    } catch {
      return true;
    }
  });
  return failing === undefined ? [] : [failing];
}

/**
 * Rejects values of azureml.yml that no job can be built from, where their position is known.
 *
 * @throws {UserError} `environment.unclear`.
 */
function refuseUnclear({ config, place }: CompileInput, options: CompileOptions): void {
  const { environment } = config.execution;
  if (!options.environment && environment) {
    placing(() => place(["execution", "environment"]), () => parseEnvironment(environment));
  }
}

function jobOutputs(steps: readonly Step[]): JobOutput[] {
  return steps.flatMap((step) =>
    step.outputs.flatMap(({ name, type, jobOutput }) =>
      jobOutput === undefined ? [] : [{ name: jobOutput, type, step: step.key, output: name }]
    )
  );
}
