import { ownValue } from "../../core/fields.ts";
import { computeOf } from "./check_job.ts";
import { bodyOf, reusedJob, type Run } from "./state.ts";
import type { ComponentSpec } from "../check/job_shapes.ts";
import type { JobRecord, World } from "../world/world.ts";

/** The properties that Azure ML gives the run of a step. */
export function stepProperties(
  world: World,
  run: Run,
  spec: ComponentSpec | undefined,
): Readonly<Record<string, string>> {
  const before = reusedJob(world, run);
  const { componentId } = bodyOf(world, run.job).jobs[run.step!]!;
  return {
    "azureml.nodeid": nodeId(run.id),
    "azureml.pipelinerunid": run.job.name,
    "azureml.rootpipelinerunid": before?.name ?? run.job.name,
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
    ...(before === undefined && {
      "azureml.moduleFamilyId": "0",
      "_azureml.ClusterName": computeName(world, run) ?? "",
    }),
    ...(before !== undefined && reusedProperties(before, run.step!)),
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

/** The tags that Azure ML gives the run of a step. */
export function stepTags({ id, job }: Run) {
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
export function nameOfComponent(spec: ComponentSpec | undefined): string {
  return spec?.name ?? "azureml_anonymous";
}

/** The name of the compute that a step runs on, as run history writes it; `null` for a job. */
export function computeName(world: World, run: Run): string | null {
  if (run.step === undefined) return null;
  const job = bodyOf(world, run.job);
  return computeOf(job, job.jobs[run.step]!).split("/").at(-1)!.replace(/^serverless$/i, "Serverless");
}
