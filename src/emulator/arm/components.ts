import type { Route, WorkspaceCall } from "../world/call.ts";
import { requireCode, requireEnvironment } from "../check/references.ts";
import { answerPage } from "../world/pages.ts";
import { badRequest, jsonAnswer, notFound } from "../world/refusal.ts";
import { checkBody } from "../check/check_shape.ts";
import { shapes } from "../check/shapes.ts";
import { findResource, putResource, type Resource, systemData, workspaceResources } from "../world/world.ts";
import { anonymousVersion, changedField, type CompletedSpec, completedSpec } from "./component_spec.ts";

/** The name of components that a list does not show, such as those of job steps. */
const ANONYMOUS = "azureml_anonymous";

/** Routes of components, which are immutable. */
export const componentRoutes: readonly Route[] = [
  { method: "GET", path: "components", action: "components/read", handle: list },
  {
    method: "GET",
    path: "components/{name}/versions/{version}",
    action: "components/versions/read",
    handle: read,
  },
  {
    method: "PUT",
    path: "components/{name}/versions/{version}",
    action: "components/versions/write",
    handle: write,
  },
];

function idOf({ workspace, names }: WorkspaceCall): string {
  return `${workspace.id}/components/${names.name}/versions/${names.version}`;
}

/** Lists components by name; anonymous components, such as those of job steps, are not listed. */
function list(call: WorkspaceCall): Response {
  const versions = workspaceResources(call.world, call.workspace, "components/versions");
  const byName = new Map(versions.map((version) => [version.id.split("/").at(-3)!, version]));
  byName.delete(ANONYMOUS);
  const containers = [...byName].map(([name, latest]) => ({
    id: `${call.workspace.id}/components/${name}`,
    name,
    type: "Microsoft.MachineLearningServices/workspaces/components",
    properties: {
      description: "",
      tags: {},
      properties: {},
      isArchived: false,
      latestVersion: null,
      nextVersion: nextVersion(call),
      provisioningState: "Succeeded",
    },
    systemData: latest.systemData,
  }));
  return answerPage(call, containers);
}

/** A version that is free: Azure ML proposes the time. */
function nextVersion({ world }: WorkspaceCall): string {
  return world.clock.now().toISOString().replace("Z", "0000").replace(/\D/g, "-");
}

function read(call: WorkspaceCall): Response {
  const { name, version } = call.names;
  const found = findResource(call.world, idOf(call));
  if (found === undefined) throw notFound(`Component ${name}:${version}`);
  return jsonAnswer(found);
}

/**
 * Registers a component. An anonymous one gets an id of Azure ML's own, whatever the request's version: equal
 * specifications share one.
 */
function write(call: WorkspaceCall): Response {
  const { world, workspace, names } = call;
  const { properties } = checkBody(shapes.component, call.body);
  requireEnvironment(call, properties.componentSpec.environment);
  if (properties.componentSpec.code) requireCode(call, properties.componentSpec.code);
  const componentSpec = completedSpec(properties.componentSpec);
  const isAnonymous = names.name === ANONYMOUS;
  const version = isAnonymous ? anonymousVersion(workspace, componentSpec) : names.version!;
  const id = `${workspace.id}/components/${names.name}/versions/${version}`;
  const existing = findResource(world, id);
  if (existing !== undefined) requireUnchanged(names.name!, existing, componentSpec);
  const resource = existing ?? putResource(world, {
    id,
    name: version,
    type: "Microsoft.MachineLearningServices/workspaces/components/versions",
    properties: {
      description: null,
      tags: properties.tags ?? {},
      properties: properties.properties ?? {},
      isArchived: false,
      isAnonymous,
      autoDeleteSetting: null,
      componentSpec,
      provisioningState: "Succeeded",
      stage: "Development",
    },
    systemData: systemData(world),
  });
  return jsonAnswer(resource, 201, { location: call.request.url });
}

function requireUnchanged(name: string, { properties }: Resource, spec: CompletedSpec): void {
  const field = changedField(properties.componentSpec as CompletedSpec, spec);
  if (field === undefined) return;
  throw badRequest(
    `Failed to update component ${name} since field "${field}" is immutable, try specifying a new version.`,
    { inner: ["BadArgument", "ArgumentInvalid", "UpdateComponentFailed"] },
  );
}
