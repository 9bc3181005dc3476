import { logFiles } from "./logs.ts";
import { reusedRun, type Run } from "./state.ts";
import { outputsOf } from "./run_outputs.ts";
import type { PipelineJob } from "../check/shapes.ts";
import { type EmulatedWorkspace, findResource, type JobRecord, type World } from "../world/world.ts";

/** The JSON of a run in run history. */
export function describeRun(world: World, run: Run) {
  const isStep = run.step !== undefined;
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
    displayName: displayName(world, run),
    name: run.step ?? null,
    dataContainerId: `dcid.${run.id}`,
    description: "",
    hidden: false,
    runType: isStep ? "azureml.StepRun" : "azureml.PipelineRun",
    runTypeV2: { orchestrator: isStep ? "Execution" : "Pipeline", traits: [] },
    properties: isStep ? stepProperties(world, run) : {},
    tags: {},
    outputs: outputsOf(world, run),
    target: target(world, run),
    error: errorOf(run),
    warnings: [],
  };
}

function stepProperties(world: World, run: Run): Readonly<Record<string, string>> {
  const reused = reusedRun(world, run);
  return {
    "azureml.moduleName": run.step!,
    "azureml.pipelinerunid": run.job.name,
    ...(reused !== undefined && { "azureml.isreused": "true", "azureml.reusedrunid": reused }),
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
  return (job.jobs[run.step]!.computeId ?? job.computeId)!.split("/").at(-1)!;
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
    warnings: [],
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

function errorOf(run: Run) {
  if (run.error === undefined) return null;
  const error = {
    code: "UserError",
    severity: null,
    message: run.error,
    messageFormat: "{Message}",
    messageParameters: { Message: run.error },
    details: [],
    innerError: { code: "UserTrainingScriptFailed", innerError: null },
  };
  return {
    error,
    correlation: null,
    environment: "eastus",
    location: "eastus",
    time: time(run.endedAt),
    componentName: "CommonRuntime",
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
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString();
}
