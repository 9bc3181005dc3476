import type { ComponentVersion, PipelineJob, UriFolderJobOutput } from "@azure/arm-machinelearning";
import type { WorkspaceConfig } from "../../config/schema.ts";
import { workspaceId } from "../../config/workspace.ts";
import { ANONYMOUS, JOB_LIMITS } from "../../core/azure_limits.ts";
import { compact } from "../../core/json.ts";
import type { PreparedCode } from "./code/select.ts";
import type { Distribution, JobSpec, Step, StepInput, StepOutput } from "./job_spec.ts";

/** Everything that submitting one job would send; ids that only Azure knows are placeholders such as `<train>`. */
export interface JobPlan {
  readonly spec: JobSpec;
  readonly workspace: WorkspaceConfig;
  readonly code: PreparedCode | undefined;
  /** Properties of the job, such as those of git. */
  readonly properties: Readonly<Record<string, string>>;
  readonly components: Readonly<Record<string, unknown>>;
  readonly body: JobBody;
}

export function planJob(
  spec: JobSpec,
  input: Pick<JobPlan, "workspace" | "code" | "properties"> & {
    readonly tags?: Readonly<Record<string, string>>;
    readonly experiment: string;
  },
): JobPlan {
  const id = workspaceId(input.workspace);
  const pinned = {
    environment: spec.environment === undefined
      ? undefined
      : `azureml:${spec.environment.replace(/^azureml:/, "")}`,
    code: input.code === undefined ? undefined : `${id}/codes/<${input.code.hash}>/versions/1`,
    computeId: (name: string) => `${id}/computes/${name}`,
    dataId: (path: string) => path,
  };
  return {
    ...input,
    spec,
    components: Object.fromEntries(
      spec.steps.map((step) => [step.key, componentBody(componentSpec(step, pinned))]),
    ),
    body: jobBody(spec, pinned, {
      componentId: (key) => `${id}/components/${ANONYMOUS}/versions/<${key}>`,
      fallbackExperiment: input.experiment,
      properties: input.properties,
      tags: input.tags ?? {},
    }),
  };
}

/** The `componentSpec` of a step; its hash becomes the component's version, see `componentVersion()`. */
export function componentSpec(
  step: Step,
  pinned: Pick<Pinned, "environment" | "code">,
): Record<string, unknown> {
  const { distribution } = step;
  return compact({
    command: step.command,
    code: pinned.code === undefined ? undefined : `azureml:${pinned.code}`,
    environment: pinned.environment,
    resources: resourcesOf(step),
    distribution: distribution && { type: distribution.type, ...processes(distribution) },
    name: step.name,
    display_name: step.displayName,
    is_deterministic: step.isDeterministic,
    inputs: byName(step.inputs, ({ name, type }) => [name, { type }]),
    outputs: byName(step.outputs, ({ name, type }) => [name, { type }]),
    type: "command",
    _source: "BUILDER",
  });
}

/** The request body that registers a component as anonymous, so that no list of the workspace shows it. */
export function componentBody(spec: Record<string, unknown>): unknown {
  return {
    properties: { componentSpec: spec, isAnonymous: true, isArchived: false, properties: {}, tags: {} },
  } satisfies ComponentVersion;
}

/** An Azure model whose optional fields may be `undefined`, for `satisfies` before empty fields are removed. */
export type DraftOf<T> = { readonly [Field in keyof T]: T[Field] | undefined };

/** A pipeline job as sent: `assetName` of outputs (api-version 2023-04-01-preview) is newer than the package. */
type PipelineJobModel = Omit<PipelineJob, "outputs"> & {
  readonly outputs?: Readonly<Record<string, PipelineOutputModel>>;
};

type PipelineOutputModel = Pick<UriFolderJobOutput, "uri" | "mode" | "description"> & {
  readonly jobOutputType: string;
  readonly assetName?: string | undefined;
};

/** The ids in one workspace of everything that a JobSpec names. */
export interface Pinned {
  /** `azureml:` with an ARM id, or a registry's id; `undefined` if the job names no environment. */
  readonly environment: string | undefined;
  /** ARM id of the code version. */
  readonly code: string | undefined;
  readonly computeId: (name: string) => string;
  /** Returns the ARM id of a data asset by its path, such as `azureml:rides@latest`. */
  readonly dataId: (path: string) => string;
}

interface JobExtras {
  readonly componentId: (stepKey: string) => string;
  /** The experiment if neither the job nor mlflow.yml names one. */
  readonly fallbackExperiment: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

export interface JobBody {
  readonly properties: Readonly<Record<string, unknown>>;
}

export function jobBody(spec: JobSpec, pinned: Pinned, extras: JobExtras): JobBody {
  // Azure ML's own clients send serverless as a setting, and nothing for the steps that use it.
  const isServerless = spec.compute === SERVERLESS;
  return {
    properties: compact(
      {
        computeId: isServerless ? undefined : pinned.computeId(spec.compute),
        displayName: spec.displayName || spec.pipelineName,
        tags: withinLimits(extras.tags),
        description: spec.description,
        properties: withinLimits(extras.properties),
        experimentName: spec.experimentName ?? extras.fallbackExperiment,
        jobs: Object.fromEntries(spec.steps.map((step) => {
          const usesDefault = isServerless && step.compute === SERVERLESS;
          return [step.key, jobNode(step, pinned, { ...extras, usesDefault })];
        })),
        isArchived: false,
        inputs: {},
        outputs: Object.fromEntries(spec.outputs.map((output) => [output.name, jobOutput(spec, output)])),
        settings: {
          _source: "DSL",
          ...(isServerless && { default_compute: pinned.computeId(SERVERLESS) }),
        },
        jobType: "Pipeline",
      } satisfies DraftOf<PipelineJobModel>,
    ),
  };
}

const SERVERLESS = "serverless";

function jobNode(
  step: Step,
  pinned: Pinned,
  extras: JobExtras & { readonly usesDefault: boolean },
): Record<string, unknown> {
  const { distribution } = step;
  return compact({
    limits: step.timeoutSeconds === undefined
      ? undefined
      : { timeout: isoDuration(step.timeoutSeconds), job_limits_type: "Command" },
    resources: resourcesOf(step),
    distribution: distribution &&
      { ...processes(distribution), distribution_type: NODE_TYPES[distribution.type] },
    environment_variables: step.environmentVariables,
    name: step.key,
    display_name: step.displayName === step.name ? undefined : step.displayName,
    type: "command",
    computeId: extras.usesDefault ? undefined : pinned.computeId(step.compute),
    inputs: byName(step.inputs, (input) => [input.name, nodeInput(input, pinned)]),
    outputs: byName(step.outputs, (output) => [output.name, nodeOutput(output)]),
    _source: "BUILDER",
    componentId: extras.componentId(step.key),
  });
}

const NODE_TYPES: Readonly<Record<Distribution["type"], string>> = {
  pytorch: "PyTorch",
  tensorflow: "TensorFlow",
  mpi: "Mpi",
};

function nodeInput({ from }: StepInput, pinned: Pinned): unknown {
  switch (from.kind) {
    case "literal":
      return { value: from.value, job_input_type: "literal" };
    case "step":
      return { value: `\${{parent.jobs.${from.step}.outputs.${from.output}}}`, job_input_type: "literal" };
    default:
      return { uri: pinned.dataId(from.path), job_input_type: from.type };
  }
}

function nodeOutput({ jobOutput, type, asset }: StepOutput): unknown {
  if (jobOutput !== undefined) return { value: `\${{parent.outputs.${jobOutput}}}`, type: "literal" };
  return compact({ job_output_type: type, name: asset?.name });
}

function jobOutput(spec: JobSpec, output: JobSpec["outputs"][number]): PipelineOutputModel {
  const step = spec.steps.find(({ key }) => key === output.step)!;
  const { asset } = step.outputs.find(({ name }) => name === output.output)!;
  return { ...(asset !== undefined && { assetName: asset.name }), jobOutputType: output.type };
}

/** Formats seconds as an ISO 8601 duration, such as `PT1H30M`. */
function isoDuration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600) % 24, "H"],
    [Math.floor(seconds / 60) % 60, "M"],
    [seconds % 60, "S"],
  ] as const;
  const days = Math.floor(seconds / 86_400);
  const time = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`).join("");
  return `P${days > 0 ? `${days}D` : ""}${time === "" ? "" : `T${time}`}`;
}

/** Reduces tags or properties to Azure ML's limits: drops surplus entries and truncates long values. */
function withinLimits(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).slice(0, JOB_LIMITS.entries)
      .map(([name, value]) => [name, value.slice(0, JOB_LIMITS.valueCharacters)]),
  );
}

/** Converts items to an object; `undefined` if there are none, as Azure ML omits empty inputs and outputs. */
export function byName<T>(
  items: readonly T[],
  entry: (item: T) => [string, unknown],
): Record<string, unknown> | undefined {
  return items.length === 0 ? undefined : Object.fromEntries(items.map(entry));
}

/** Number and type of instances that a step requires; `undefined` if it specifies neither. */
export function resourcesOf({ distribution, instanceType }: Step): Record<string, unknown> | undefined {
  if (distribution === undefined && instanceType === undefined) return undefined;
  return compact({ instance_count: distribution?.instanceCount, instance_type: instanceType });
}

/** How many processes of each kind a distributed step has, with the keys that Azure ML reads. */
export function processes(distribution: Distribution): Record<string, unknown> {
  return compact({
    process_count_per_instance: distribution.processCountPerInstance,
    parameter_server_count: distribution.parameterServerCount,
    worker_count: distribution.workerCount,
  });
}
