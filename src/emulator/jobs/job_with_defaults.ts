import type { Run } from "./state.ts";
import type { PipelineJob } from "../check/job_shapes.ts";

/** What Azure ML returns for properties of any job that were not set. */
export const UNSET = {
  description: null,
  tags: {},
  displayName: null,
  computeId: null,
  isArchived: false,
  identity: null,
  componentId: null,
  notificationSetting: null,
} as const;

/** A job's properties as Azure ML returns them: with everything that was not set, mostly as null. */
export function jobWithDefaults(job: PipelineJob) {
  const { inputs, outputs, ...sent } = job;
  return {
    ...UNSET,
    secretsConfiguration: null,
    settings: null,
    sourceJobId: null,
    ...sent,
    properties: sent.properties ?? {},
    experimentName: sent.experimentName ?? "Default",
    inputs: Object.keys(inputs ?? {}).length === 0 ? null : mapped(inputs!, (input) => completedInput(input)),
    outputs: mapped(outputs ?? {}, completedOutput),
  };
}

/** The properties that Azure ML adds to a job once it has started. */
export function startedProperties(
  { computeId, settings, inputs }: Pick<PipelineJob, "computeId" | "settings" | "inputs">,
  status: string,
): Readonly<Record<string, string>> {
  if (status === "NotStarted") return {};
  const compute = computeId ?? settings?.default_compute;
  const goesOn = settings?.continue_on_step_failure !== false;
  return {
    "azureml.DevPlatv2": "true",
    "azureml.DatasetAccessMode": "Asset",
    "azureml.runsource": "azureml.PipelineRun",
    runSource: "MFE",
    runType: "HTTP",
    "azureml.parameters": JSON.stringify(literals(inputs ?? {})),
    "azureml.continue_on_step_failure": goesOn ? "True" : "False",
    "azureml.continue_on_failed_optional_input": "True",
    "azureml.enforceRerun": "False",
    ...(typeof compute === "string" && { "azureml.defaultComputeName": compute.split("/").at(-1)! }),
    "azureml.defaultDataStoreName": "workspaceblobstore",
    "azureml.pipelineComponent": "pipelinerun",
  };
}

/** The property that Azure ML adds to a job once it has ended. */
export function endedProperties(
  { startedAt, createdAt, endedAt }: Pick<Run, "startedAt" | "createdAt" | "endedAt">,
  status: string,
): Readonly<Record<string, string>> {
  if (endedAt === undefined) return {};
  const times = {
    StartTime: new Date(startedAt ?? createdAt).toISOString(),
    EndTime: new Date(endedAt).toISOString(),
  };
  const Execution = { ...times, Status: status === "Completed" ? "Finished" : status };
  return { "azureml.pipelines.stages": JSON.stringify({ Initialization: null, Execution }) };
}

function literals(inputs: NonNullable<PipelineJob["inputs"]>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([name, { value }]) => typeof value === "string" ? [[name, value]] : []),
  );
}

type Output = NonNullable<PipelineJob["outputs"]>[string];

/** An input as Azure ML returns it. @param isNewer Whether the api-version has no `pathOnCompute`. */
export function completedInput<I extends Readonly<Record<string, unknown>>>(input: I, isNewer = false) {
  if (input.jobInputType === "literal") return { description: null, ...input };
  return { description: null, mode: "ReadOnlyMount", ...(!isNewer && { pathOnCompute: null }), ...input };
}

function completedOutput(output: Output) {
  return {
    description: null,
    uri: null,
    assetName: null,
    assetVersion: null,
    mode: "ReadWriteMount",
    pathOnCompute: null,
    autoDeleteSetting: null,
    ...output,
  };
}

/** A record with each value converted. */
export function mapped<V, W>(
  values: Readonly<Record<string, V>>,
  to: (value: V) => W,
): Readonly<Record<string, W>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, to(value)]));
}
