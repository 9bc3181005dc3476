import { isFinal } from "../../core/run.ts";
import type { Route, WorkspaceCall } from "../world/call.ts";
import { checkJob, type StepNeeds } from "./check.ts";
import { findRun, requestCancel, type Run, statusOf } from "./state.ts";
import { acceptOperation } from "../world/operations.ts";
import { answerPage } from "../world/pages.ts";
import { badRequest, jsonAnswer, notFound, Refusal } from "../world/refusal.ts";
import { sameJson } from "../check/same_json.ts";
import { checkBody } from "../check/check_shape.ts";
import { type ComponentSpec, type PipelineJob, shapes } from "../check/shapes.ts";
import { isGoodToken, isMlAudience } from "../entra/tokens.ts";
import {
  findResource,
  jobKey,
  type JobRecord,
  putRecord,
  putResource,
  type Resource,
  systemData,
  workspaceResources,
  type World,
} from "../world/world.ts";

/** Routes to submit, read, list, cancel and delete jobs. The client chooses a job's name. */
export const jobRoutes: readonly Route[] = [
  { method: "GET", path: "jobs", action: "jobs/read", handle: list },
  {
    method: "GET",
    path: "jobs/{name}",
    action: "jobs/read",
    handle: read,
  },
  { method: "PUT", path: "jobs/{name}", action: "jobs/write", handle: write },
  { method: "DELETE", path: "jobs/{name}", action: "jobs/delete", handle: remove },
  { method: "POST", path: "jobs/{name}/cancel", action: "jobs/cancel/action", handle: cancel },
];

const TYPE = "Microsoft.MachineLearningServices/workspaces/jobs";

function idOf({ workspace, names }: WorkspaceCall): string {
  return `${workspace.id}/jobs/${names.name}`;
}

function existing(call: WorkspaceCall): Resource {
  const found = findResource(call.world, idOf(call));
  if (found === undefined) throw notFound(`jobs/${call.names.name}`);
  return found;
}

function read(call: WorkspaceCall): Response {
  const { world, workspace, names } = call;
  const run = findRun(world, workspace, names.name!);
  if (run?.step === undefined) return jsonAnswer(jobResource(world, existing(call)));
  return jsonAnswer(shownStep(world, run, run.step));
}

function recordOf({ world }: Pick<WorkspaceCall, "world">, job: Resource): JobRecord {
  return world.jobs.get(job.id.toLowerCase())!;
}

/** The JSON of a job in its current state. */
export function jobResource(world: World, job: Resource): Resource {
  const record = recordOf({ world }, job);
  return {
    ...job,
    properties: {
      ...job.properties,
      status: statusOf(world, record),
      services: services(world, record, job.name),
    },
  };
}

function shownStep(world: World, { id, job, status, createdAt }: Run, step: string): Resource {
  const { workspace } = job;
  const { properties } = findResource(world, `${workspace.id}/jobs/${job.name}`)!;
  const node = (properties as PipelineJob).jobs[step]!;
  return {
    id: `${workspace.id}/jobs/${id}`,
    name: id,
    type: TYPE,
    properties: {
      description: null,
      tags: {},
      properties: {},
      isArchived: false,
      jobType: "Command",
      displayName: node.display_name ?? step,
      experimentName: job.experimentName,
      status,
      command: commandOf(world, node.componentId),
      computeId: node.computeId ?? properties.computeId,
      componentId: node.componentId,
      environmentVariables: node.environment_variables ?? {},
      services: services(world, job, id),
    },
    systemData: systemData(world, new Date(createdAt)),
  };
}

/** The command of a component. */
function commandOf(world: World, componentId: string): string {
  return (findResource(world, componentId)!.properties.componentSpec as ComponentSpec).command;
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
    Studio: service("Studio", `${links.studio}/runs/${run}?wsid=${workspace.id}`),
  };
}

function list(call: WorkspaceCall): Response {
  const view = call.query.get("listViewType") ?? "ActiveOnly";
  const [type, tag] = [call.query.get("jobType"), call.query.get("tag")];
  const schedule = call.query.get("scheduleId");
  const jobs = workspaceResources(call.world, call.workspace, "jobs").filter((job) =>
    schedule === null || recordOf(call, job).schedule === schedule
  ).filter(({ properties }) =>
    (view === "All" || (properties.isArchived === true) === (view === "ArchivedOnly")) &&
    (type === null || properties.jobType === type) &&
    (tag === null || hasTag(properties.tags as Record<string, string> | undefined, tag))
  );
  return answerPage(call, jobs.toReversed().map((job) => jobResource(call.world, job)));
}

function hasTag(tags: Readonly<Record<string, string>> | null | undefined, asked: string): boolean {
  const [name, ...value] = asked.split("=");
  const found = tags?.[name!];
  return found !== undefined && (value.length === 0 || found === value.join("="));
}

function write(call: WorkspaceCall): Response {
  const { world, names } = call;
  if (!/^[a-zA-Z0-9][\w-]{0,254}$/.test(names.name!)) {
    throw badRequest(
      `The job name '${names.name}' is not allowed: at most 255 letters, digits, '-' and '_', the first a letter or digit.`,
      { target: "name" },
    );
  }
  const { properties } = checkBody(shapes.job, call.body);
  const before = findResource(world, idOf(call));
  if (before !== undefined) return jsonAnswer(jobResource(world, update(call, before, properties)));
  requireMlToken(call);
  return jsonAnswer(
    jobResource(world, startJob(call, names.name!, properties, { needs: checkJob(call, properties) })),
    201,
  );
}

/** Requires a token for Azure ML to submit a job; updating one needs none, as the SDK's `archive` shows. */
function requireMlToken({ world, request }: WorkspaceCall): void {
  const token = request.headers.get("x-azureml-token");
  if (token !== null && isGoodToken(world, token, isMlAudience)) return;
  throw new Refusal(
    token === null
      ? "A pipeline job needs the header x-azureml-token with a token for https://ml.azure.com."
      : "The token in x-azureml-token is not one for https://ml.azure.com, or has expired.",
    { status: 401, code: "InvalidAuthenticationToken", target: "x-azureml-token" },
  );
}

/** Stores a job that passed the checks, and starts it. */
export function startJob(
  call: WorkspaceCall,
  name: string,
  properties: PipelineJob,
  { needs, schedule }: { readonly needs: StepNeeds; readonly schedule?: string },
): Resource {
  const { world, workspace } = call;
  const experimentName = properties.experimentName ?? "Default";
  const submittedAt = world.clock.now();
  const job = putResource(world, {
    id: `${workspace.id}/jobs/${name}`,
    name,
    type: TYPE,
    properties: { description: null, isArchived: false, ...properties, experimentName },
    systemData: systemData(world, submittedAt),
  });
  const record: JobRecord = {
    name,
    workspace,
    experimentName,
    submittedAt: submittedAt.getTime(),
    needs,
    schedule,
    runIds: new Map([...needs.keys()].map((step) => [step, world.random.uuid()])),
    cancelAskedAt: undefined,
    ...(world.runner && { execution: { steps: {} } }),
  };
  putRecord(world, record);
  noticeUnknownSteps(world, record);
  world.runner?.start(jobKey(record));
  return job;
}

/** Reports step names in `--fail` that the job does not have. */
function noticeUnknownSteps({ outcome, onNotice }: World, { name, needs }: JobRecord): void {
  for (const step of Object.keys(outcome.failingSteps ?? {})) {
    if (needs.has(step)) continue;
    onNotice(`Job ${name} has no step "${step}" to fail; its steps are ${[...needs.keys()].join(", ")}`);
  }
}

const CHANGEABLE = ["displayName", "description", "tags", "isArchived", "services"];

/** Updates a job's description; nothing else may change after submission. */
function update({ world }: WorkspaceCall, before: Resource, properties: PipelineJob): Resource {
  const fixed = (all: object) =>
    Object.fromEntries(
      Object.entries(all).filter(([key, value]) => !CHANGEABLE.includes(key) && value !== null),
    );
  const after = {
    ...properties,
    experimentName: properties.experimentName ?? before.properties.experimentName,
  };
  if (!sameJson(fixed(before.properties), fixed(after))) {
    throw new Refusal(
      `A job with the name '${before.name}' already exists, and only its display name, description, tags and archived state can be changed.`,
      { status: 409, code: "UserError", target: "name" },
    );
  }
  return putResource(world, { ...before, properties: { ...before.properties, ...properties } });
}

function remove(call: WorkspaceCall): Response {
  const job = existing(call);
  const status = statusOf(call.world, recordOf(call, job));
  if (!isFinal(status)) {
    throw badRequest(`The job '${job.name}' is ${status}; cancel it before it is deleted.`, {
      target: "name",
    });
  }
  call.world.resources.delete(job.id.toLowerCase());
  call.world.jobs.delete(job.id.toLowerCase());
  return accepted(call, "jd", call.world.clock.now().getTime());
}

function cancel(call: WorkspaceCall): Response {
  const job = existing(call);
  const record = recordOf(call, job);
  const status = statusOf(call.world, record);
  if (isFinal(status)) {
    throw badRequest(`The job '${job.name}' is ${status} and cannot be canceled.`, { target: "name" });
  }
  return accepted(call, "jc", requestCancel(call.world, record));
}

function accepted({ world, workspace, query }: WorkspaceCall, kind: "jc" | "jd", endsAt: number): Response {
  return acceptOperation(world, workspace, { kind, endsAt, apiVersion: query.get("api-version")! });
}
