import { badRequest, Refusal } from "../http/refusal.ts";
import {
  type EmulatedWorkspace,
  findResource,
  type Resource,
  workspaceResources,
  type World,
} from "../state/world.ts";

interface ReferencePlace {
  readonly world: World;
  readonly workspace: EmulatedWorkspace;
}

/** Whether an id or name is that of serverless compute, which always exists. */
function isServerless({ workspace }: Pick<ReferencePlace, "workspace">, id: string): boolean {
  return id === "serverless" || id.toLowerCase() === `${workspace.id}/computes/serverless`.toLowerCase();
}

/** Whether a compute exists. Azure ML accepts jobs that name another one. */
export function isCompute(place: ReferencePlace, id: string): boolean {
  if (isServerless(place, id)) return true;
  const isIn = idIn(place.workspace, id, "computes");
  return isIn && (place.world.acceptAny || findResource(place.world, id) !== undefined);
}

/** Returns a component. @throws {Refusal} 404 if it does not exist. */
export function requireComponent({ world, workspace }: ReferencePlace, id: string): Resource {
  const component = idIn(workspace, id, "components")
    ? findResource(world, id) ?? newest(world, workspace, id)
    : undefined;
  if (component !== undefined) return component;
  const [name, , version] = id.split("/").slice(-3);
  throw new Refusal(`key: ${id}, Message: Not found component ${name} (version: ${version}).`, {
    status: 404,
    code: "NotFound",
  });
}

/** The newest version of a component, for an id that ends with the default label. */
function newest(world: World, workspace: EmulatedWorkspace, id: string): Resource | undefined {
  const component = /^(.+)\/labels\/default$/i.exec(id)?.[1];
  if (component === undefined) return undefined;
  return workspaceResources(world, workspace, "components/versions").findLast((resource) =>
    resource.id.toLowerCase().startsWith(`${component}/versions/`.toLowerCase())
  );
}

export function requireCode(place: ReferencePlace, reference: string): void {
  const id = reference.replace(/^azureml:/, "");
  if (idIn(place.workspace, id, "codes") && findResource(place.world, id) !== undefined) return;
  throw missing("Code", reference, place);
}

/** Requires an environment; those of registries and of Microsoft always exist. @throws {Refusal} 400. */
export function requireEnvironment(place: ReferencePlace, reference: string): void {
  if (/^azureml:AzureML-[\w.-]+(:[\w.-]+|@latest)?$/.test(reference)) return;
  if (/^azureml:\/\/registries\/[^/]+\/environments\/[^/]+\/(versions|labels)\/[^/]+$/.test(reference)) {
    return;
  }
  if (place.world.acceptAny || isAsset(place, reference, "environments")) return;
  throw missing("Environment", reference, place);
}

/** Whether data exists: a data asset of the workspace, or a storage URI, which is not checked. */
export function isData(place: ReferencePlace, reference: string): boolean {
  return place.world.acceptAny || /^(azureml:\/\/|https:\/\/|wasbs:\/\/|abfss:\/\/)/.test(reference) ||
    isAsset(place, reference, "data");
}

function isAsset(
  { world, workspace }: ReferencePlace,
  reference: string,
  kind: "environments" | "data",
): boolean {
  const bare = reference.replace(/^azureml:/, "");
  const short = /^([^/:@]+)(?::([^/:@]+)|@latest)$/.exec(bare);
  if (short === null) return idIn(workspace, bare, kind) && findResource(world, bare) !== undefined;
  const start = `${workspace.id}/${kind}/${short[1]}/versions/`;
  return short[2] !== undefined
    ? findResource(world, start + short[2]) !== undefined
    : workspaceResources(world, workspace, `${kind}/versions`).some((resource) =>
      resource.id.toLowerCase().startsWith(start.toLowerCase())
    );
}

function idIn(workspace: EmulatedWorkspace, id: string, kind: string): boolean {
  return id.toLowerCase().startsWith(`${workspace.id}/${kind}/`.toLowerCase());
}

function missing(noun: string, reference: string, { workspace }: ReferencePlace): Refusal {
  return badRequest(`${noun} '${reference}' was not found in workspace '${workspace.name}'.`);
}
