import { requireApiVersion } from "../check/api_versions.ts";
import { gatewayError, jsonAnswer } from "../world/refusal.ts";
import { requireRole } from "../world/roles.ts";
import { findResource, putResource, type Resource, type World } from "../world/world.ts";

const TYPE = "Microsoft.Authorization/roleAssignments";

/**
 * Lists, reads and creates the roles that identities have on a resource. They are stored, but do not change what
 * the identity may do.
 *
 * @param path Path of the request; the resource's id comes before `/providers/Microsoft.Authorization`.
 * @returns `undefined` for another path.
 */
export async function roleAssignments(
  world: World,
  request: Request,
  path: string,
): Promise<Response | undefined> {
  const start = path.toLowerCase().lastIndexOf(`/providers/${TYPE.toLowerCase()}`);
  if (start < 0) return undefined;
  const scope = path.slice(0, start);
  const [name, ...more] = path.slice(start + `/providers/${TYPE}`.length + 1).split("/");
  if (more.length > 0) return undefined;
  const query = new URL(request.url).searchParams;
  requireApiVersion(query, "roleAssignments", ["2022-04-01"]);
  const id = `${scope}/providers/${TYPE}/${name}`;
  if (request.method === "GET" && name === "") return list(world, scope, query.get("$filter") ?? "");
  const assignment = findResource(world, id);
  if (request.method === "GET" && assignment !== undefined) return jsonAnswer(assignment);
  if (request.method !== "PUT") {
    throw gatewayError(404, "RoleAssignmentNotFound", `The role assignment '${name}' is not found.`);
  }
  requireRole(world, `${TYPE}/write`, scope);
  const { properties } = await request.json() as { readonly properties?: Resource["properties"] };
  const { principalId, roleDefinitionId } = properties ?? {};
  if (typeof principalId !== "string" || typeof roleDefinitionId !== "string") {
    throw gatewayError(400, "BadRequestFormat", "The request was incorrectly formatted.");
  }
  if (
    assignmentsAt(world, scope).some(({ properties: other }) =>
      other.principalId === principalId && other.roleDefinitionId === roleDefinitionId
    )
  ) {
    throw gatewayError(409, "RoleAssignmentExists", "The role assignment already exists.");
  }
  const resource = { id, name: name!, type: TYPE, properties: { scope, ...properties } };
  putResource(world, resource);
  return jsonAnswer(resource, 201);
}

function assignmentsAt({ resources }: World, scope: string): readonly Resource[] {
  const start = `${scope}/providers/${TYPE}/`.toLowerCase();
  return [...resources.values()].filter(({ id }) => id.toLowerCase().startsWith(start));
}

function list(world: World, scope: string, filter: string): Response {
  const wanted = assignmentsAt(world, scope).filter(({ properties }) =>
    filter === "" || filter.includes(`'${properties.principalId}'`)
  );
  return jsonAnswer({ value: wanted });
}
