import type { Route, WorkspaceCall } from "../world/call.ts";
import { badRequest, jsonAnswer } from "../world/refusal.ts";
import type { Resource, World } from "../world/world.ts";

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
export function archiveRoute(
  kind: "environments" | "data" | "components",
  container: (call: WorkspaceCall) => Resource,
): Route {
  return {
    method: "PUT",
    path: `${kind}/{name}`,
    action: `${kind}/write`,
    handle(call) {
      const { id } = container(call);
      const { properties } = (call.body ?? {}) as { readonly properties?: { readonly isArchived?: unknown } };
      if (properties?.isArchived === true) call.world.archived.set(id.toLowerCase(), true);
      else call.world.archived.delete(id.toLowerCase());
      return jsonAnswer(container(call));
    },
  };
}
