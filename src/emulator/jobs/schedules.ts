import { JOB_NAME } from "../../core/azure_limits.ts";
import {
  accepted,
  answerPage,
  type Route,
  route,
  startOperation,
  type WorkspaceCall,
} from "../http/routes.ts";
import { checkJob } from "./check_job.ts";
import { jobWithDefaults } from "./job_resource.ts";
import { startJob } from "./jobs.ts";
import { badRequest, checkBody, jsonAnswer, notFound } from "../http/refusal.ts";
import { type AnyJob, type ScheduleBody, shapes } from "../arm/shapes.ts";
import { findResource, putResource, type Resource, systemData, workspaceResources } from "../state/world.ts";

/** Routes of schedules. Only a trigger or the creation starts their jobs, never the clock. */
export const scheduleRoutes: readonly Route[] = [
  route("GET schedules", list),
  route("GET schedules/{name}", (call) => jsonAnswer(scheduleBody(call))),
  route("PUT schedules/{name}", write),
  route("DELETE schedules/{name}", remove),
  route("POST schedules/{name}/trigger", trigger, ["2024-01-01-preview"]),
];

function existing(call: WorkspaceCall): Resource {
  const schedule = findResource(call.world, `${call.workspace.id}/schedules/${call.names.name}`);
  if (schedule === undefined) throw notFound(`Resource Trigger ${call.names.name}`);
  return schedule;
}

function list(call: WorkspaceCall): Response {
  const view = call.query.get("listViewType") ?? "EnabledOnly";
  if (!["EnabledOnly", "DisabledOnly", "All"].includes(view)) {
    throw badRequest(`The value '${view}' of listViewType is not one of EnabledOnly, DisabledOnly, All.`);
  }
  const all = workspaceResources(call.world, call.workspace, "schedules");
  const wanted = all.filter(({ properties }) =>
    view === "All" || (properties.isEnabled !== false) === (view === "EnabledOnly")
  );
  return answerPage(call, wanted.map((schedule) => ({ ...schedule, ...scheduleBody(call, schedule) })));
}

function write(call: WorkspaceCall): Response {
  const { world, workspace, names, query, request } = call;
  if (!JOB_NAME.test(names.name!)) {
    throw badRequest(`The schedule name '${names.name}' is not allowed.`);
  }
  const { properties } = checkBody(shapes.schedule, call.body);
  checkJob(call, properties.action.jobDefinition);
  const id = `${workspace.id}/schedules/${names.name}`;
  const before = findResource(world, id);
  const endsAt = world.clock.now().getTime() + world.pace.scheduleMs;
  const operation = { kind: "s", name: world.random.uuid(), apiVersion: query.get("api-version")! } as const;
  const { status } = startOperation(world, workspace, { ...operation, endsAt, state: "Creating" });
  putResource(world, {
    id,
    name: names.name!,
    type: "Microsoft.MachineLearningServices/workspaces/schedules",
    properties: { ...withDefaults(properties), provisioningState: "Succeeded" },
    systemData: before?.systemData ?? systemData(world),
  });
  world.schedulesChangeUntil.set(id.toLowerCase(), endsAt);
  const { trigger: { triggerType, startTime }, isEnabled } = properties;
  // "If start_time is omitted, the first job will run instantly" (Azure ML's reference of schedules).
  if (before === undefined && isEnabled !== false && triggerType === "Recurrence" && !startTime) {
    startScheduled(call);
  }
  return jsonAnswer({ properties: scheduleBody(call).properties }, 201, {
    "azure-asyncoperation": status,
    location: request.url,
    "x-ms-async-operation-timeout": "PT30M",
  });
}

/** What Azure ML adds to a schedule. */
function withDefaults({ action, trigger, ...properties }: ScheduleBody["properties"]) {
  return {
    description: null,
    tags: {},
    properties: {},
    displayName: null,
    isEnabled: true,
    ...properties,
    action: { ...action, jobDefinition: jobDefinition(action.jobDefinition) },
    trigger: { endTime: null, ...triggerWithDefaults(trigger) },
  };
}

type Trigger = ScheduleBody["properties"]["trigger"];

/** A trigger whose words begin with a capital, as Azure ML writes them. */
function triggerWithDefaults(trigger: Trigger): Trigger {
  if (trigger.triggerType === "Cron") return trigger;
  const { weekDays = null, monthDays = null, ...schedule } = trigger.schedule;
  return {
    ...trigger,
    frequency: capitalized(trigger.frequency),
    schedule: { ...schedule, weekDays: weekDays?.map(capitalized) ?? null, monthDays },
  };
}

function jobDefinition(job: AnyJob) {
  if (job.jobType === "Command") return { ...job, status: "NotStarted", services: null };
  const { inputs, ...completed } = jobWithDefaults(job);
  return { ...completed, inputs: inputs ?? {}, status: "NotStarted", services: null };
}

function capitalized(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1).toLowerCase()}`;
}

/** A schedule without id and type, as Azure ML returns it, in its current state. */
function scheduleBody(call: WorkspaceCall, schedule = existing(call)) {
  const { name, properties, systemData } = schedule;
  const endsAt = call.world.schedulesChangeUntil.get(schedule.id.toLowerCase()) ?? 0;
  const isChanging = call.world.clock.now().getTime() < endsAt;
  return {
    name,
    properties: { ...properties, ...(isChanging && { provisioningState: "Creating" }) },
    systemData,
  };
}

function remove(call: WorkspaceCall): Response {
  const { world, workspace, query } = call;
  const schedule = existing(call);
  if (schedule.properties.isEnabled !== false) {
    throw badRequest(`Cannot delete an active trigger: ${schedule.name}`);
  }
  world.resources.delete(schedule.id.toLowerCase());
  const { status, result } = startOperation(world, workspace, {
    kind: "s",
    name: world.random.uuid(),
    apiVersion: query.get("api-version")!,
    endsAt: world.clock.now().getTime() + world.pace.scheduleMs,
    state: "Deleting",
  });
  return accepted(null, result, status);
}

/** The job that a schedule submits: its own definition, or that of an earlier job. */
function jobToSubmit({ world }: WorkspaceCall, job: AnyJob): AnyJob {
  const source = "sourceJobId" in job && typeof job.sourceJobId === "string" ? job.sourceJobId : undefined;
  const earlier = source === undefined ? undefined : findResource(world, source);
  return earlier === undefined ? job : earlier.properties as AnyJob;
}

function trigger(call: WorkspaceCall): Response {
  return jsonAnswer({ scheduleActionType: "CreateJob", submissionId: startScheduled(call) });
}

/** Starts a job of a schedule, with the display name that Azure ML gives it. @returns the job's name. */
function startScheduled(call: WorkspaceCall): string {
  const { name } = call.names;
  const action = existing(call).properties.action as { readonly jobDefinition: AnyJob };
  const jobDefinition = jobToSubmit(call, action.jobDefinition);
  const submissionId = `${name}-${call.world.random.uuid()}`;
  const stamp = call.world.clock.now().toISOString().replace(/[-:]|\.\d+/g, "");
  startJob(call, submissionId, { ...jobDefinition, displayName: `${name}-${stamp}` }, {
    ...checkJob(call, jobDefinition),
    schedule: name!,
  });
  return submissionId;
}
