import type { Call, Route } from "../world/call.ts";
import { requireCode, requireEnvironment } from "../check/references.ts";
import { json, notFound, Refusal } from "../world/refusal.ts";
import { same } from "../check/same.ts";
import { check } from "../check/check_shape.ts";
import { shapes } from "../check/shapes.ts";
import { find, keep, systemData } from "../world/world.ts";

/** Components: immutable, registered under a version that the client computes. */
export const componentRoutes: readonly Route[] = [
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

function idOf({ workspace, names }: Call): string {
  return `${workspace.id}/components/${names.name}/versions/${names.version}`;
}

function read(call: Call): Response {
  const found = find(call.world, idOf(call));
  if (found === undefined) throw notFound(`components/${call.names.name}/versions/${call.names.version}`);
  return json(found);
}

function write(call: Call): Response {
  const { properties } = check(shapes.component, call.body);
  const { componentSpec } = properties;
  const named = (property: string) => ({ ...call, target: `properties.componentSpec.${property}` });
  requireEnvironment(named("environment"), componentSpec.environment);
  if (componentSpec.code) requireCode(named("code"), componentSpec.code);
  const id = idOf(call);
  const existing = find(call.world, id);
  if (existing !== undefined) {
    if (same(existing.properties.componentSpec, componentSpec)) return json(existing);
    throw new Refusal(
      `Component ${call.names.name}:${call.names.version} already exists with another definition, and cannot be changed.`,
      { status: 409, code: "UserError", target: "properties.componentSpec" },
    );
  }
  const resource = keep(call.world, {
    id,
    name: call.names.version!,
    type: "Microsoft.MachineLearningServices/workspaces/components/versions",
    properties: { ...properties, provisioningState: "Succeeded" },
    systemData: systemData(call.world),
  });
  return json(resource, 201);
}
