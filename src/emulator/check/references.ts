import { badRequest, type Refusal } from "../world/refusal.ts";
import {
  type EmulatedWorkspace,
  findResource,
  type Resource,
  workspaceResources,
  type World,
} from "../world/world.ts";

/** The context of a reference, for error messages. */
export interface Named {
  readonly world: World;
  readonly workspace: EmulatedWorkspace;
  /** Path of the property. */
  readonly target: string;
}

/**
 * Requires a compute; serverless always exists, by name or id.
 *
 * @throws {Refusal} 400.
 */
export function requireCompute(named: Named, id: string): void {
  if (id === "serverless" || id.toLowerCase() === `${named.workspace.id}/computes/serverless`.toLowerCase()) {
    return;
  }
  const isIn = idIn(named.workspace, id, "computes");
  if (isIn && (named.world.acceptAny || findResource(named.world, id) !== undefined)) return;
  throw missing(named, `Compute '${id}' was not found`, "ComputeNotFound");
}

/**
 * Returns a component.
 *
 * @throws {Refusal} 400 if it does not exist.
 */
export function requireComponent(named: Named, id: string): Resource {
  const found = idIn(named.workspace, id, "components") ? findResource(named.world, id) : undefined;
  if (found === undefined) throw missing(named, `Component '${id}' was not found`, "ComponentNotFound");
  return found;
}

/**
 * Requires a code asset.
 *
 * @throws {Refusal} 400.
 */
export function requireCode(named: Named, reference: string): void {
  const id = reference.replace(/^azureml:/, "");
  if (idIn(named.workspace, id, "codes") && findResource(named.world, id) !== undefined) return;
  throw missing(named, `Code '${reference}' was not found`, "CodeNotFound");
}

/**
 * Requires an environment; those of registries and of Microsoft always exist.
 *
 * @throws {Refusal} 400.
 */
export function requireEnvironment(named: Named, reference: string): void {
  if (/^azureml:AzureML-[\w.-]+(:[\w.-]+|@latest)?$/.test(reference)) return;
  if (/^azureml:\/\/registries\/[^/]+\/environments\/[^/]+\/(versions|labels)\/[^/]+$/.test(reference)) {
    return;
  }
  requireAsset(named, reference, "environments", "Environment");
}

/**
 * Requires a data asset; storage URIs are not checked.
 *
 * @throws {Refusal} 400.
 */
export function requireData(named: Named, reference: string): void {
  if (/^(azureml:\/\/|https:\/\/|wasbs:\/\/|abfss:\/\/)/.test(reference)) return;
  requireAsset(named, reference, "data", "Data");
}

function requireAsset(named: Named, reference: string, kind: "environments" | "data", noun: string): void {
  const { world, workspace } = named;
  const bare = reference.replace(/^azureml:/, "");
  const short = /^([^/:@]+)(?::([^/:@]+)|@latest)$/.exec(bare);
  const start = short === null ? undefined : `${workspace.id}/${kind}/${short[1]}/versions/`;
  const isThere = start === undefined
    ? idIn(workspace, bare, kind) && findResource(world, bare) !== undefined
    : short![2] !== undefined
    ? findResource(world, start + short![2]) !== undefined
    : workspaceResources(world, workspace, `${kind}/versions`).some((one) =>
      one.id.toLowerCase().startsWith(start.toLowerCase())
    );
  if (!isThere && !world.acceptAny) {
    throw missing(named, `${noun} '${reference}' was not found`, `${noun}NotFound`);
  }
}

function idIn(workspace: EmulatedWorkspace, id: string, kind: string): boolean {
  return id.toLowerCase().startsWith(`${workspace.id}/${kind}/`.toLowerCase());
}

function missing({ workspace, target }: Named, message: string, code: string): Refusal {
  const full = `${message} in workspace '${workspace.name}'.`;
  return badRequest(full, { target, details: [{ code, message: full, target }] });
}
