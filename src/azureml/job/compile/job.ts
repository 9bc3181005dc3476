import { experimentOf } from "../experiment_name.ts";
import type { FoundJob } from "../../../config/azureml/job_factories.ts";
import { placing, type Warning } from "../../../core/errors.ts";
import { jobCompute, stepCompute } from "./choose_compute.ts";
import type { CompileInput, JobOverrides } from "./input.ts";
import { pipelineOfJob } from "./pipeline_of_job.ts";
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
export function compile(input: CompileInput, overrides: JobOverrides = {}): Compiled {
  const { job, definition, config } = input;
  const warnings: Warning[] = [];
  const pipeline = pipelineOfJob(input);
  const { environment } = config.execution;
  if (!overrides.environment && environment) {
    // Compiling the steps would reject it, too, but not say where it is written.
    placing(() => input.place(["execution", "environment"]), () => parseEnvironment(environment));
  }
  const experimentName = experimentOf(definition.experiment_name, input.mlflowExperimentName);
  const displayName = overrides.displayName ?? definition.display_name ?? undefined;
  const params = mergedParams(definition, overrides);
  const compute = jobCompute(config, definition, input.place);
  const steps = compileSteps({
    input,
    overrides,
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
    environment: overrides.environment || config.execution.environment || undefined,
    steps,
    outputs: jobOutputs(steps),
  };
  return { spec, warnings };
}

/** The parameters of every step, as JSON; the command line's take precedence, by top-level key. */
function mergedParams({ params }: FoundJob, overrides: JobOverrides): string | undefined {
  const merged = { ...params, ...overrides.params };
  return Object.keys(merged).length === 0 ? undefined : pythonJson(merged);
}

function jobOutputs(steps: readonly Step[]): JobOutput[] {
  return steps.flatMap((step) =>
    step.outputs.flatMap(({ name, type, jobOutput }) =>
      jobOutput === undefined ? [] : [{ name: jobOutput, type, step: step.key, output: name }]
    )
  );
}
