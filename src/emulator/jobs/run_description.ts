import { logFiles } from "./logs.ts";
import { computeOf } from "./check.ts";
import { reusedJob, reusedRun, type Run } from "./state.ts";
import type { ComponentSpec, PipelineJob } from "../check/shapes.ts";
import {
  azureTime,
  type EmulatedWorkspace,
  findResource,
  type JobRecord,
  type World,
} from "../world/world.ts";

/** The JSON of a run in run history; its outputs are only in its run data. */
export function describeRun(world: World, run: Run) {
  const isStep = run.step !== undefined;
  const reused = reusedRun(world, run);
  const spec = componentOf(world, run);
  return {
    runNumber: run.createdAt,
    rootRunId: run.job.name,
    experimentId: experimentId(run.job),
    createdUtc: time(run.createdAt),
    createdBy: {
      userObjectId: world.identity.objectId,
      userTenantId: world.identity.tenant,
      userName: "emulator",
    },
    runId: run.id,
    parentRunId: isStep ? run.job.name : null,
    runUuid: run.id,
    status: run.status,
    startTimeUtc: time(run.startedAt),
    endTimeUtc: time(run.endedAt),
    duration: duration(run),
    displayName: displayName(world, run),
    name: isStep ? nameOf(spec) : null,
    dataContainerId: `dcid.${reused ?? run.id}`,
    description: "",
    hidden: false,
    runType: isStep ? "azureml.StepRun" : "azureml.PipelineRun",
    runTypeV2: runType(isStep, reused !== undefined),
    properties: isStep ? stepProperties(world, run, spec) : {},
    tags: {},
    inputs: null,
    outputs: null,
    target: target(world, run),
    currentAttemptId: 1,
    error: errorOf(run),
    warnings: null,
    revision: 1,
    cancelationReason: null,
    scheduleId: null,
  };
}

function runType(isStep: boolean, isReused: boolean) {
  if (!isStep) return { orchestrator: "Pipeline", traits: [] };
  if (isReused) {
    return { orchestrator: null, traits: ["azureml.StepRun"], attribution: null, computeType: null };
  }
  const traits = ["azureml.StepRun", "scriptRun", "remote", "OsType:Linux", "CommonRuntime"];
  return { orchestrator: "Execution", traits, attribution: "Aether", computeType: "AmlcTrain" };
}

function duration({ startedAt, endedAt }: Run): string | null {
  if (startedAt === undefined || endedAt === undefined) return null;
  return new Date(endedAt - startedAt).toISOString().slice(11, -1).replace(/\.0+$/, "");
}

/** Azure ML names a step's run after its component, which several steps may share. */
function nameOf(spec: ComponentSpec | undefined): string {
  return spec?.name ?? "azureml_anonymous";
}

function componentOf(world: World, run: Run): ComponentSpec | undefined {
  if (run.step === undefined) return undefined;
  const { componentId } = jobOf(world, run).jobs[run.step]!;
  return findResource(world, componentId)?.properties.componentSpec as ComponentSpec | undefined;
}

function stepProperties(
  world: World,
  run: Run,
  spec: ComponentSpec | undefined,
): Readonly<Record<string, string>> {
  const before = reusedJob(world, run);
  const { componentId } = jobOf(world, run).jobs[run.step!]!;
  return {
    "azureml.nodeid": nodeId(run.id),
    "azureml.pipelinerunid": run.job.name,
    "azureml.rootpipelinerunid": before?.name ?? run.job.name,
    "azureml.moduleid": componentId.split("/").at(-1)!,
    "azureml.moduleName": nameOf(spec),
    StepType: "PythonScriptStep",
    ComputeTargetType: "AmlCompute",
    "_azureml.ClusterName": target(world, run) ?? "",
    ...(before !== undefined && reusedProperties(before, run.step!)),
    ...usageProperties(run),
  };
}

/** What a step that ran on this machine used, which Azure ML does not say in run history. */
function usageProperties({ job, step }: Run): Readonly<Record<string, string>> {
  const usage = job.execution?.steps[step!]?.usage;
  return usage === undefined ? {} : {
    "kedro_azureml.peak_memory_bytes": String(usage.peakBytes),
    "kedro_azureml.cpu_ms": String(usage.cpuMs),
  };
}

function reusedProperties({ name, runIds }: JobRecord, step: string): Readonly<Record<string, string>> {
  const run = runIds.get(step)!;
  return {
    "azureml.isreused": "true",
    "azureml.reusedrunid": run,
    "azureml.reusednodeid": nodeId(run),
    "azureml.reusedpipeline": name,
    "azureml.reusedpipelinerunid": name,
  };
}

/** The short id of a step within its pipeline. */
function nodeId(run: string): string {
  return run.replaceAll("-", "").slice(-8);
}

function jobOf(world: World, { job }: Run): PipelineJob {
  return findResource(world, `${job.workspace.id}/jobs/${job.name}`)!.properties as PipelineJob;
}

function displayName(world: World, run: Run): string {
  const job = jobOf(world, run);
  return run.step === undefined ? job.displayName ?? run.id : job.jobs[run.step]!.display_name ?? run.step;
}

/** The name of the compute that a step runs on. */
function target(world: World, run: Run): string | null {
  if (run.step === undefined) return null;
  const job = jobOf(world, run);
  return computeOf(job, job.jobs[run.step]!).split("/").at(-1)!;
}

/** The JSON of a run's details, including URLs of its logs. */
export async function details(world: World, workspace: EmulatedWorkspace, run: Run) {
  return {
    runId: run.id,
    target: target(world, run),
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
    logFiles: await logFiles(world, workspace, run),
    jobCost: { chargedCpuCoreSeconds: null, chargedCpuMemoryMegabyteSeconds: null },
    revision: 1,
    submittedBy: "emulator",
  };
}

function errorOf({ step, error: message }: Run) {
  if (message === undefined) return null;
  const error = {
    code: "UserError",
    severity: null,
    // The runtime's messages begin with a line break.
    message: step === undefined ? message : `\n${message}`,
    messageFormat: null,
    messageParameters: {},
    referenceCode: step === undefined ? "PipelineHasStepJobFailed" : null,
    details: [],
    innerError: null,
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

/** Derives the id of an experiment from its name. */
export function experimentId({ experimentName }: Pick<JobRecord, "experimentName">): string {
  const hex = [...new TextEncoder().encode(experimentName)].map((one) => one.toString(16).padStart(2, "0"))
    .join("");
  const padded = hex.padEnd(32, "0").slice(0, 32);
  return padded.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function time(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : azureTime(milliseconds);
}
