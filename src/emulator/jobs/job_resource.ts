import { completedCommand } from "./command_job.ts";
import { endedProperties, jobWithDefaults, startedProperties } from "./job_with_defaults.ts";
import { jobRun, type Run, statusOf } from "./state.ts";
import type { AnyJob } from "../check/job_shapes.ts";
import {
  type JobRecord,
  type Resource,
  studioId,
  type SystemData,
  systemData,
  type World,
} from "../world/world.ts";

/** The type of jobs in Resource Manager. */
export const JOB_TYPE = "Microsoft.MachineLearningServices/workspaces/jobs";

/** The JSON of a job in its current state. */
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
    Studio: service("Studio", `${links.studio}/runs/${run}?wsid=${studioId(workspace)}${links.studioKey}`),
  };
}
