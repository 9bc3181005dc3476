import { type Route, route, type WorkspaceCall } from "../world/call.ts";
import { badRequest, jsonAnswer } from "../world/refusal.ts";
import { findResource, type Resource, workspaceResources, type World } from "../world/world.ts";

/** Assets that have versions. */
export type VersionedKind = "codes" | "components" | "data" | "environments";

/** The id of the version of an asset that a request names. */
export function versionId({ workspace, names }: WorkspaceCall, kind: VersionedKind): string {
  return `${workspace.id}/${kind}/${names.name}/versions/${names.version}`;
}

/** The version of an asset that a request names; `undefined` if there is none. */
export function findVersion(call: WorkspaceCall, kind: VersionedKind): Resource | undefined {
  return findResource(call.world, versionId(call, kind));
}

/** All versions of the asset that a request names, oldest first. */
export function versionsOf(
  { world, workspace, names }: WorkspaceCall,
  kind: VersionedKind,
): readonly Resource[] {
  const start = `${workspace.id}/${kind}/${names.name}/versions/`.toLowerCase();
  return workspaceResources(world, workspace, `${kind}/versions`).filter(({ id }) =>
    id.toLowerCase().startsWith(start)
  );
}

/** The names of a workspace's assets of a kind. */
export function assetNames({ world, workspace }: WorkspaceCall, kind: VersionedKind): readonly string[] {
  const versions = workspaceResources(world, workspace, `${kind}/versions`);
  return [...new Set(versions.map(({ id }) => id.split("/").at(-3)!))];
}

/** Whether a list shows a resource, as its parameter `listViewType` says (default: only what is not archived). */
export function isInView({ query }: WorkspaceCall): (resource: Resource) => boolean {
  const view = query.get("listViewType") ?? "ActiveOnly";
  if (!["ActiveOnly", "ArchivedOnly", "All"].includes(view)) {
    throw badRequest(`The value '${view}' of listViewType is not one of ActiveOnly, ArchivedOnly, All.`);
  }
  return ({ properties }) => view === "All" || (properties.isArchived === true) === (view === "ArchivedOnly");
}

/** Whether an asset was archived with all its versions. */
export function isArchivedContainer({ archived }: World, id: string): boolean {
  return archived.has(id.toLowerCase());
}

/** Archives or restores an asset with all its versions. */
export function archiveRoute(kind: VersionedKind, container: (call: WorkspaceCall) => Resource): Route {
  return route(`PUT ${kind}/{name}`, `${kind}/write`, (call) => {
    const { id } = container(call);
    const { properties } = (call.body ?? {}) as { readonly properties?: { readonly isArchived?: unknown } };
    if (properties?.isArchived === true) call.world.archived.set(id.toLowerCase(), true);
    else call.world.archived.delete(id.toLowerCase());
    return jsonAnswer(container(call));
  });
}
