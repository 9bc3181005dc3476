import { JOB_NAME, JOB_NAME_RULE } from "../../core/azure_limits.ts";
import { ownValue } from "../../core/json.ts";
import { isDeepStrictEqual } from "node:util";
import { isFinal } from "../../core/runs.ts";
import {
  accepted,
  answerPage,
  type Route,
  route,
  startOperation,
  type WorkspaceCall,
} from "../http/routes.ts";
import { checkJob } from "./check_job.ts";
import {
  completedCommand,
  JOB_TYPE,
  jobResource,
  jobWithDefaults,
  shownStep,
  USUAL_VERSION,
} from "./job_resource.ts";
import { findRun, namesOf, requestCancel, statusOf } from "./simulated_timeline.ts";
import { badRequest, checkBody, jsonAnswer, notFound, Refusal } from "../http/refusal.ts";
import { type AnyJob, shapes } from "../arm/shapes.ts";
import { isGoodToken, isMlAudience } from "../http/entra.ts";
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
} from "../state/world.ts";

/** Routes to submit, read, list and cancel jobs. The client chooses a job's name. */
export const jobRoutes: readonly Route[] = [
  route("GET jobs", list),
  route("GET jobs/{name}", read),
  route("PUT jobs/{name}", write),
  route("POST jobs/{name}/cancel", cancel),
];

function recordOf({ world }: WorkspaceCall, job: Resource): JobRecord {
  return world.jobs.get(job.id.toLowerCase())!;
}

function idOf({ workspace, names }: WorkspaceCall): string {
  return `${workspace.id}/jobs/${names.name}`;
}

function existing(call: WorkspaceCall): Resource {
  const job = findResource(call.world, idOf(call));
  if (job === undefined) throw notFound(`Job ${call.names.name}`);
  return job;
}

function read(call: WorkspaceCall): Response {
  const { world, workspace, names } = call;
  const run = findRun(world, workspace, names.name!);
  if (run?.step === undefined) return jsonAnswer(shownJob(call, existing(call)));
  return jsonAnswer(shownStep(run, world));
}

function shownJob({ world, query }: WorkspaceCall, job: Resource): Resource {
  return jobResource(world, job, query.get("api-version")!);
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
  return answerPage(call, jobs.toReversed().map((job) => shownJob(call, job)));
}

function hasTag(tags: Readonly<Record<string, string>> | null | undefined, asked: string): boolean {
  const [name, ...value] = asked.split("=");
  const tag = ownValue(tags, name!);
  return tag !== undefined && (value.length === 0 || tag === value.join("="));
}

function write(call: WorkspaceCall): Response {
  const { world, names } = call;
  if (!JOB_NAME.test(names.name!)) {
    throw badRequest(
      `The job name '${names.name}' is not allowed: ${JOB_NAME_RULE}.`,
    );
  }
  const { properties } = checkBody(shapes.job, call.body);
  const before = findResource(world, idOf(call));
  if (before !== undefined) return jsonAnswer(shownJob(call, update(call, before, properties)));
  if (properties.jobType === "Pipeline") requireMlToken(call);
  const job = startJob(call, names.name!, properties, checkJob(call, properties));
  return jsonAnswer(shownJob(call, job), 201, { location: call.request.url });
}

/** Requires a token for Azure ML to submit a job; updating one needs none, as the SDK's `archive` shows. */
function requireMlToken({ world, request }: WorkspaceCall): void {
  const token = request.headers.get("x-azureml-token");
  if (token !== null && isGoodToken(world, token, isMlAudience)) return;
  throw new Refusal(
    token === null
      ? "A pipeline job needs the header x-azureml-token with a token for https://ml.azure.com."
      : "The token in x-azureml-token is not one for https://ml.azure.com, or has expired.",
    { status: 401, code: "UserError", inner: ["InvalidAuthenticationToken"] },
  );
}

/** Stores a job that passed the checks, and starts it. */
export function startJob(
  call: WorkspaceCall,
  name: string,
  properties: AnyJob,
  { needs, doomed, schedule }: ReturnType<typeof checkJob> & { readonly schedule?: string },
): Resource {
  const { world, workspace } = call;
  const experimentName = properties.experimentName ?? "Default";
  const submittedAt = world.clock.now();
  const job = putResource(world, {
    id: `${workspace.id}/jobs/${name}`,
    name,
    type: JOB_TYPE,
    properties: { ...properties, experimentName },
    systemData: systemData(world, submittedAt),
  });
  const record: JobRecord = {
    name,
    workspace,
    experimentName,
    submittedAt: submittedAt.getTime(),
    needs,
    schedule,
    doomed,
    runIds: new Map([...needs.keys()].map((step) => [step, world.random.uuid()])),
    cancelAskedAt: undefined,
    ...(world.runner && { execution: { steps: {} } }),
  };
  putRecord(world, record);
  noticeUnknownSteps(world, record);
  world.runner?.start(jobKey(record));
  return job;
}

function noticeUnknownSteps(world: World, job: JobRecord): void {
  const steps = [...job.needs.keys()];
  const known = new Set(steps.flatMap((step) => namesOf(world, job, step)));
  for (const step of Object.keys(world.outcome.failingSteps ?? {})) {
    if (known.has(step)) continue;
    world.onNotice(`Job ${job.name} has no step "${step}" to fail; its steps are ${steps.join(", ")}`);
  }
}

const CHANGEABLE = ["displayName", "description", "tags", "properties", "isArchived", "services"];

/** Updates a job's description; nothing else may change after submission. */
function update({ world }: WorkspaceCall, before: Resource, properties: AnyJob): Resource {
  const fixed = (all: object) =>
    Object.fromEntries(
      Object.entries(all).filter(([key, value]) => !CHANGEABLE.includes(key) && value !== null),
    );
  const old = before.properties as AnyJob;
  const after = { ...properties, experimentName: properties.experimentName ?? old.experimentName };
  const completed = (job: AnyJob) =>
    job.jobType === "Command" ? completedCommand(job, before.name, USUAL_VERSION) : jobWithDefaults(job);
  if (!isDeepStrictEqual(fixed(completed(old)), fixed(completed(after)))) {
    throw new Refusal(
      `A job with the name '${before.name}' already exists, and only its display name, description, tags and archived state can be changed.`,
      { status: 409, code: "UserError" },
    );
  }
  return putResource(world, { ...before, properties: { ...old, ...properties } });
}

function cancel(call: WorkspaceCall): Response {
  const job = existing(call);
  const record = recordOf(call, job);
  const status = statusOf(call.world, record);
  if (isFinal(status)) {
    // Azure ML says nothing about a command job that has ended.
    if (job.properties.jobType === "Command") return new Response(null);
    throw badRequest(`The pipeline run ${job.name} is in terminal status, it can't be canceled.`, {
      inner: ["BadArgument", "ArgumentInvalid", "CancelPipelineRunInTerminalStatus"],
    });
  }
  const { result } = startOperation(call.world, call.workspace, {
    kind: "jc",
    name: call.names.name!,
    apiVersion: call.query.get("api-version")!,
    endsAt: requestCancel(call.world, record),
  });
  return accepted(null, result);
}
