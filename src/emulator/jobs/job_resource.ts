import type { AnyJob, CommandJob, PipelineJob } from "../arm/shapes.ts";
import {
  type JobRecord,
  type Resource,
  studioId,
  type SystemData,
  systemData,
  type World,
} from "../state/world.ts";
import { jobRun, type Run, statusOf } from "./simulated_timeline.ts";

export const JOB_TYPE = "Microsoft.MachineLearningServices/workspaces/jobs";

export function jobResource(world: World, job: Resource, apiVersion = USUAL_VERSION): Resource {
  const record = world.jobs.get(job.id.toLowerCase())!;
  const { createdAt, createdBy, createdByType } = job.systemData as SystemData;
  const status = statusOf(world, record);
  return {
    ...job,
    properties: {
      ...shownProperties(job, { status, apiVersion, run: jobRun(world, record) }),
      services: services(world, record, job.name),
    },
    systemData: { createdAt, createdBy, createdByType },
  };
}

/** The api-version of most requests for jobs. */
export const USUAL_VERSION = "2024-01-01-preview";

function shownProperties(
  { name, properties }: Resource,
  { status, apiVersion, run }: {
    readonly status: string;
    readonly apiVersion: string;
    readonly run: Run;
  },
): object {
  const job = properties as AnyJob;
  if (job.jobType === "Command") {
    return {
      ...completedCommand(job, name, apiVersion),
      status: status === "NotStarted" ? "Starting" : status,
    };
  }
  const completed = jobWithDefaults(job);
  return {
    ...completed,
    properties: {
      ...completed.properties,
      ...startedProperties(completed, status),
      ...endedProperties(run, status),
    },
    status,
  };
}

/** The JSON of a step's run, which is no job to Azure ML and has no properties there. */
export function shownStep(
  { id, job: { workspace }, createdAt }: Run,
  world: World,
): Omit<Resource, "properties"> {
  return {
    id: `${workspace.id}/jobs/${id}`,
    name: id,
    type: JOB_TYPE,
    systemData: madeJob(world, createdAt),
  };
}

function madeJob(world: World, at: number) {
  const { createdAt, createdBy, createdByType } = systemData(world, new Date(at));
  return { createdAt, createdBy, createdByType };
}

function services({ links }: World, { workspace }: JobRecord, run: string) {
  const service = (jobServiceType: string, endpoint: string) => ({
    jobServiceType,
    port: null,
    endpoint,
    status: null,
    errorMessage: null,
    properties: null,
    nodes: null,
  });
  const host = new URL(links.api).host;
  return {
    Tracking: service("Tracking", `azureml://${host}/mlflow/v1.0${workspace.id}?`),
    Studio: service("Studio", `${links.studio}/runs/${run}?wsid=${studioId(workspace)}${links.studioKey()}`),
  };
}

type Properties = Readonly<Record<string, unknown>>;

/** The api-version that azure-ai-ml submits command jobs with; it has other properties than those before it. */
const NEWER = "2025-01-01-preview";

/** A command job's properties as Azure ML returns them, which depends on the api-version. */
export function completedCommand(job: CommandJob, name: string, apiVersion: string): Properties {
  const isNewer = apiVersion >= NEWER;
  const { inputs, outputs, properties, resources, queueSettings, ...sent } = job;
  return {
    ...UNSET,
    ...(isNewer ? { parentJobName: null } : { secretsConfiguration: null, autologgerSettings: null }),
    codeId: null,
    distribution: null,
    limits: null,
    environmentVariables: {},
    ...sent,
    properties: {
      ...properties,
      "_azureml.ComputeTargetType": "amlctrain",
      "_azureml.ClusterName": sent.computeId?.split("/").at(-1) ?? null,
    },
    parameters: {},
    resources: completedResources(resources, isNewer),
    queueSettings: {
      jobTier: "Null",
      ...(!isNewer && { priority: null }),
      ...queueSettings,
    },
    inputs: mapped(inputs ?? {}, (input) => completedInput(input, isNewer)),
    outputs: {
      ...mapped(outputs ?? {}, (output) => completedOutput(output, isNewer)),
      default: completedOutput({
        uri: `azureml://datastores/workspaceartifactstore/ExperimentRun/dcid.${name}`,
        jobOutputType: "uri_folder",
      }, isNewer),
    },
  };
}

function completedResources(resources: Properties | null | undefined, isNewer: boolean): Properties {
  return {
    instanceCount: 1,
    instanceType: null,
    properties: null,
    shmSize: "2g",
    dockerArgs: null,
    ...(isNewer ? { dockerArgsList: null } : { maxInstanceCount: null, locations: null }),
    ...resources,
  };
}

/** What Azure ML returns for properties of any job that were not set. */
const UNSET = {
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
    outputs: mapped(outputs ?? {}, (output) => completedOutput(output)),
  };
}

/** The properties that Azure ML adds to a job once it has started. */
function startedProperties(
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
function endedProperties(
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

/** An input as Azure ML returns it. @param isNewer Whether the api-version has no `pathOnCompute`. */
function completedInput<I extends Properties>(input: I, isNewer = false) {
  if (input.jobInputType === "literal") return { description: null, ...input };
  return { description: null, mode: "ReadOnlyMount", ...(!isNewer && { pathOnCompute: null }), ...input };
}

function completedOutput<O extends Properties>(output: O, isNewer = false) {
  return {
    description: null,
    uri: null,
    assetName: null,
    mode: "ReadWriteMount",
    ...(!isNewer && { assetVersion: null, pathOnCompute: null, autoDeleteSetting: null }),
    ...output,
  };
}

function mapped<V, W>(
  values: Readonly<Record<string, V>>,
  to: (value: V) => W,
): Readonly<Record<string, W>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, to(value)]));
}
