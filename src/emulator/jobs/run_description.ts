import { textHash, uuidForm } from "../../core/encoding.ts";
import { ownValue } from "../../core/json.ts";
import { ANONYMOUS } from "../../core/azure_limits.ts";
import type { ComponentSpec } from "../arm/shapes.ts";
import { azureTime, findResource, type JobRecord, type World } from "../state/world.ts";
import { computeOf } from "./check_job.ts";
import { logFiles } from "./run_files.ts";
import { bodyOf, displayNameOf, type Run } from "./simulated_timeline.ts";

/** The JSON of a run in run history; its outputs are only in its run data. */
export function describeRun(world: World, run: Run) {
  const isStep = run.step !== undefined;
  const spec = componentOf(world, run);
  return {
    ...EMPTY_IN_RUN,
    runNumber: run.createdAt,
    rootRunId: run.job.name,
    experimentId: experimentId(run.job),
    createdUtc: time(run.createdAt),
    createdBy: userOf(world),
    userId: world.identity.objectId,
    runId: run.id,
    parentRunId: isStep ? run.job.name : null,
    runUuid: uuidOf(run.id),
    parentRunUuid: isStep ? uuidOf(run.job.name) : null,
    rootRunUuid: uuidOf(run.job.name),
    computeDuration: duration(run),
    lastModifiedBy: userOf(world),
    lastModifiedUtc: time(run.endedAt ?? run.startedAt ?? run.createdAt),
    status: run.status,
    startTimeUtc: time(run.startedAt),
    endTimeUtc: time(run.endedAt),
    duration: duration(run),
    displayName: displayNameOf(world, run),
    name: isStep ? nameOfComponent(spec) : null,
    dataContainerId: `dcid.${run.id}`,
    hidden: false,
    runType: isStep ? "azureml.StepRun" : "azureml.PipelineRun",
    runTypeV2: runType(isStep),
    properties: isStep ? stepProperties(world, run, spec) : {},
    parameters: {},
    actionUris: { Cancel: cancelUri(world, run), Diagnose: "" },
    uniqueChildRunComputeTargets: [],
    tags: isStep ? stepTags(run) : {},
    settings: {},
    services: {},
    inputDatasets: [],
    outputDatasets: [],
    cancelUri: cancelUri(world, run),
    diagnosticsUri: "",
    ...computeFields(computeName(world, run), isStep),
    target: computeName(world, run),
    currentAttemptId: 1,
    error: errorOf(run),
    warnings: warningsOf(run),
    revision: 1,
    statusRevision: 1,
  };
}

/** Fields of a run, of its compute and of its error that are always empty. */
const EMPTY_IN_RUN = empty(
  ...["token", "tokenExpiryTimeUtc", "lastStartTimeUtc", "currentComputeTime", "effectiveStartTimeUtc"],
  ...["description", "scriptName", "runDefinition", "jobSpecification", "primaryMetricName", "createdFrom"],
  ...["completeUri", "retainForLifetimeOfWorkspace", "queueingInfo", "inputs", "outputs"],
  ...["cancelationReason", "scheduleId"],
);
const EMPTY_IN_COMPUTE = empty(
  ...["vmSize", "instanceType", "priority", "region", "armId", "properties"],
);
const EMPTY_IN_ERROR = empty(
  ...["severity", "messageFormat", "detailsUri", "target", "innerError", "debugInfo", "additionalInfo"],
);

function empty(...names: readonly string[]): Readonly<Record<string, null>> {
  return Object.fromEntries(names.map((name) => [name, null]));
}

function runType(isStep: boolean) {
  if (!isStep) return { orchestrator: "Pipeline", traits: [] };
  const traits = [
    "azureml.StepRun",
    "scriptRun",
    "remote",
    "AlmostCommonRuntime",
    "OsType:Linux",
    "CommonRuntime",
  ];
  return { orchestrator: "Execution", traits, attribution: "Aether", computeType: "AmlcTrain" };
}

/** Whoever submits a job here is one user. */
function userOf({ identity }: World) {
  return {
    userObjectId: identity.objectId,
    userPuId: "1003000000000000",
    userIdp: null,
    userAltSecId: null,
    userIss: `https://sts.windows.net/${identity.tenant}/`,
    userTenantId: identity.tenant,
    userName: "emulator",
    upn: null,
    clientApplicationId: null,
    applicationACR: null,
  };
}

/** The id that a run or an experiment has besides its name. */
function uuidOf(name: string): string {
  return uuidForm(textHash(name, 32));
}

function cancelUri({ links }: World, { id, job: { workspace } }: Run): string {
  const { subscription, resourceGroup, name } = workspace;
  const place = `subscriptions/${subscription}/resourceGroups/${resourceGroup}/workspaces/${name}`;
  return `${links.api}/studioservice/apiv2/${place}/runs/${id}/Cancel`;
}

function computeFields(target: string | null, hasRun: boolean) {
  if (!hasRun) return { computeRequest: null, compute: null };
  return {
    computeRequest: { nodeCount: 1, gpuCount: 0 },
    compute: { ...EMPTY_IN_COMPUTE, target, targetType: "amlcompute", instanceCount: 1, gpuCount: 0 },
  };
}

/** A failed step has a warning too; Azure ML cuts its text. */
function warningsOf({ step, error }: Run) {
  if (step === undefined || error === undefined) return null;
  return [{ source: "Execution", message: `AzureMLCompute job failed\n${error}`.slice(0, 500) }];
}

function duration({ startedAt, endedAt }: Run): string | null {
  if (startedAt === undefined || endedAt === undefined) return null;
  const days = Math.floor((endedAt - startedAt) / 86_400_000);
  const rest = new Date(endedAt - startedAt).toISOString().slice(11, -1).replace(/\.0+$/, "");
  return days === 0 ? rest : `${days}.${rest}`;
}

function componentOf(world: World, run: Run): ComponentSpec | undefined {
  if (run.step === undefined) return undefined;
  const { componentId } = bodyOf(world, run.job).jobs[run.step]!;
  return findResource(world, componentId)?.properties.componentSpec as ComponentSpec | undefined;
}

/** The JSON of a run's details, including URLs of its logs. */
export async function details(world: World, run: Run) {
  return {
    runId: run.id,
    target: computeName(world, run),
    status: run.status,
    startTimeUtc: time(run.startedAt),
    endTimeUtc: time(run.endedAt),
    services: {},
    error: errorOf(run),
    warnings: null,
    properties: {},
    inputDatasets: [],
    outputDatasets: [],
    runDefinition: null,
    logFiles: await logFiles(world, run),
    jobCost: { chargedCpuCoreSeconds: null, chargedCpuMemoryMegabyteSeconds: null },
    revision: 1,
    submittedBy: "emulator",
  };
}

function errorOf({ step, error: message }: Run) {
  if (message === undefined) return null;
  const error = {
    ...EMPTY_IN_ERROR,
    code: "UserError",
    // The runtime's messages begin with a line break.
    message: step === undefined || message.startsWith("\n") ? message : `\n${message}`,
    messageParameters: {},
    referenceCode: step === undefined ? "PipelineHasStepJobFailed" : null,
    details: [],
  };
  return {
    error,
    correlation: null,
    environment: null,
    location: null,
    time: "0001-01-01T00:00:00+00:00",
    componentName: step === undefined ? "" : "CommonRuntime",
  };
}

export function experimentId({ experimentName }: Pick<JobRecord, "experimentName">): string {
  return uuidOf(experimentName);
}

function time(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : azureTime(milliseconds);
}

function stepProperties(
  world: World,
  run: Run,
  spec: ComponentSpec | undefined,
): Readonly<Record<string, string>> {
  const { componentId } = bodyOf(world, run.job).jobs[run.step!]!;
  return {
    "azureml.nodeid": nodeId(run.id),
    "azureml.pipelinerunid": run.job.name,
    "azureml.rootpipelinerunid": run.job.name,
    "azureml.moduleid": componentId.split("/").at(-1)!,
    "azureml.moduleName": nameOfComponent(spec),
    "azureml.moduleVersion": String(spec?.version ?? "1"),
    "azureml.DevPlatv2": "true",
    "azureml.DatasetAccessMode": "Asset",
    "azureml.runsource": "azureml.StepRun",
    "azureml.pipeline": run.job.name,
    "azureml.pipelineComponent": "masterescloud",
    StepType: "PythonScriptStep",
    ComputeTargetType: "AmlCompute",
    "_azureml.ComputeTargetType": "amlctrain",
    ProcessInfoFile: "azureml-logs/process_info.json",
    ProcessStatusFile: "azureml-logs/process_status.json",
    "azureml.moduleFamilyId": "0",
    "_azureml.ClusterName": computeName(world, run) ?? "",
    ...usageProperties(run),
  };
}

/** What a step that ran on this machine used, which Azure ML does not say in run history. */
function usageProperties({ job, step }: Run): Readonly<Record<string, string>> {
  const usage = ownValue(job.execution?.steps, step!)?.usage;
  return usage === undefined ? {} : {
    "kedro_azureml.peak_memory_bytes": String(usage.peakBytes),
    "kedro_azureml.cpu_ms": String(usage.cpuMs),
  };
}

function nodeId(run: string): string {
  return run.replaceAll("-", "").slice(-8);
}

function stepTags({ id, job }: Run) {
  const nodes = {
    AllocationState: "steady",
    PreparingNodeCount: 0,
    RunningNodeCount: 0,
    CurrentNodeCount: 0,
  };
  return {
    "azureml.nodeid": nodeId(id),
    "azureml.pipeline": job.name,
    "_aml_system_ComputeTargetStatus": JSON.stringify(nodes),
  };
}

/** Azure ML names a step's run after its component, which several steps may share. */
function nameOfComponent(spec: ComponentSpec | undefined): string {
  return spec?.name ?? ANONYMOUS;
}

/** The name of the compute that a step runs on, as run history writes it; `null` for a job. */
function computeName(world: World, run: Run): string | null {
  if (run.step === undefined) return null;
  const job = bodyOf(world, run.job);
  return computeOf(job, job.jobs[run.step]!).split("/").at(-1)!.replace(/^serverless$/i, "Serverless");
}
