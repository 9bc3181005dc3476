import type { Route, WorkspaceCall } from "../world/call.ts";
import { requireCode, requireEnvironment } from "../check/references.ts";
import { answerPage } from "../world/pages.ts";
import { jsonAnswer, notFound, Refusal } from "../world/refusal.ts";
import { sameJson } from "../check/same_json.ts";
import { checkBody } from "../check/check_shape.ts";
import { shapes } from "../check/shapes.ts";
import { findResource, putResource, systemData, workspaceResources } from "../world/world.ts";

/** Routes of components, which are immutable. The client computes the version. */
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
  byName.delete("azureml_anonymous");
  const containers = [...byName].map(([name, latest]) => ({
    id: `${call.workspace.id}/components/${name}`,
    name,
    type: "Microsoft.MachineLearningServices/workspaces/components",
    properties: {
      description: null,
      tags: {},
      properties: {},
      isArchived: false,
      latestVersion: latest.name,
    },
    systemData: latest.systemData,
  }));
  return answerPage(call, containers);
}

function read(call: WorkspaceCall): Response {
  const found = findResource(call.world, idOf(call));
  if (found === undefined) throw notFound(`components/${call.names.name}/versions/${call.names.version}`);
  return jsonAnswer(found);
}

function write(call: WorkspaceCall): Response {
  const { properties } = checkBody(shapes.component, call.body);
  const { componentSpec } = properties;
  const named = (property: string) => ({ ...call, target: `properties.componentSpec.${property}` });
  requireEnvironment(named("environment"), componentSpec.environment);
  if (componentSpec.code) requireCode(named("code"), componentSpec.code);
  const id = idOf(call);
  const existing = findResource(call.world, id);
  if (existing !== undefined) {
    if (sameJson(existing.properties.componentSpec, componentSpec)) return jsonAnswer(existing);
    throw new Refusal(
      `Component ${call.names.name}:${call.names.version} already exists with another definition, and cannot be changed.`,
      { status: 409, code: "UserError", target: "properties.componentSpec" },
    );
  }
  const resource = putResource(call.world, {
    id,
    name: call.names.version!,
    type: "Microsoft.MachineLearningServices/workspaces/components/versions",
    properties: { ...properties, provisioningState: "Succeeded" },
    systemData: systemData(call.world),
  });
  return jsonAnswer(resource, 201);
}
