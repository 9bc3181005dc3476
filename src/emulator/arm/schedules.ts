import type { Route, WorkspaceCall } from "../world/call.ts";
import { checkJob } from "../jobs/check.ts";
import { startJob } from "../jobs/jobs.ts";
import { acceptOperation } from "../world/operations.ts";
import { answerPage } from "../world/pages.ts";
import { badRequest, jsonAnswer, notFound } from "../world/refusal.ts";
import { checkBody } from "../check/check_shape.ts";
import { type PipelineJob, shapes } from "../check/shapes.ts";
import { findResource, putResource, type Resource, systemData, workspaceResources } from "../world/world.ts";

/** Routes of schedules. Only a trigger starts their jobs, never the clock. */
export const scheduleRoutes: readonly Route[] = [
  { method: "GET", path: "schedules", action: "schedules/read", handle: list },
  {
    method: "GET",
    path: "schedules/{name}",
    action: "schedules/read",
    handle: (call) => jsonAnswer(existing(call)),
  },
  { method: "PUT", path: "schedules/{name}", action: "schedules/write", handle: write },
  { method: "DELETE", path: "schedules/{name}", action: "schedules/delete", handle: remove },
  {
    method: "POST",
    path: "schedules/{name}/trigger",
    action: "schedules/action",
    apiVersions: ["2024-01-01-preview"],
    handle: trigger,
  },
];

function existing(call: WorkspaceCall): Resource {
  const found = findResource(call.world, `${call.workspace.id}/schedules/${call.names.name}`);
  if (found === undefined) throw notFound(`schedules/${call.names.name}`);
  return found;
}

function list(call: WorkspaceCall): Response {
  const view = call.query.get("listViewType") ?? "EnabledOnly";
  if (!["EnabledOnly", "DisabledOnly", "All"].includes(view)) {
    throw badRequest(`The value '${view}' of listViewType is not one of EnabledOnly, DisabledOnly, All.`, {
      target: "listViewType",
    });
  }
  const all = workspaceResources(call.world, call.workspace, "schedules");
  return answerPage(
    call,
    all.filter(({ properties }) =>
      view === "All" || (properties.isEnabled !== false) === (view === "EnabledOnly")
    ),
  );
}

function write(call: WorkspaceCall): Response {
  const { world, workspace, names } = call;
  if (!/^[a-zA-Z0-9][\w-]{0,254}$/.test(names.name!)) {
    throw badRequest(`The schedule name '${names.name}' is not allowed.`, { target: "name" });
  }
  const { properties } = checkBody(shapes.schedule, call.body);
  checkJob(call, properties.action.jobDefinition, "properties.action.jobDefinition");
  const id = `${workspace.id}/schedules/${names.name}`;
  const before = findResource(world, id);
  const schedule = putResource(world, {
    id,
    name: names.name!,
    type: "Microsoft.MachineLearningServices/workspaces/schedules",
    properties: { isEnabled: true, properties: {}, tags: {}, ...properties, provisioningState: "Succeeded" },
    systemData: before?.systemData ?? systemData(world),
  });
  return jsonAnswer(schedule, before === undefined ? 201 : 200);
}

function remove(call: WorkspaceCall): Response {
  const schedule = existing(call);
  if (schedule.properties.isEnabled !== false) {
    throw badRequest(`The schedule '${schedule.name}' is enabled; disable it before it is deleted.`, {
      target: "name",
    });
  }
  call.world.resources.delete(schedule.id.toLowerCase());
  return accepted(call);
}

function trigger(call: WorkspaceCall): Response {
  const action = existing(call).properties.action as { readonly jobDefinition: PipelineJob };
  const submissionId = `${call.names.name}-${call.world.random.uuid()}`;
  const needs = checkJob(call, action.jobDefinition);
  startJob(call, submissionId, action.jobDefinition, { needs, schedule: call.names.name! });
  return jsonAnswer({ scheduleActionType: "CreateJob", submissionId });
}

function accepted({ world, workspace, query }: WorkspaceCall): Response {
  const endsAt = world.clock.now().getTime();
  return acceptOperation(world, workspace, { kind: "sd", endsAt, apiVersion: query.get("api-version")! });
}
