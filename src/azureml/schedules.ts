import { runOperation } from "./operations.ts";
import type { Workspace } from "./workspace.ts";

/** Creates a schedule, or replaces the one of that name, and waits until that is done. */
export async function putSchedule(workspace: Workspace, name: string, body: unknown): Promise<void> {
  const action = `create schedule "${name}"`;
  await runOperation(workspace, { action, method: "PUT", path: schedulePath(name), body });
}

/**
 * Disables a schedule, as Azure wants it first, and deletes it.
 *
 * @returns `false` where there is none of that name.
 */
export async function deleteSchedule(workspace: Workspace, name: string): Promise<boolean> {
  const action = `delete schedule "${name}"`;
  const path = schedulePath(name);
  const found = await workspace.find<{ properties: Record<string, unknown> }>({
    action,
    method: "GET",
    path,
  });
  if (found === undefined || found === null) return false;
  const { provisioningState: _, ...properties } = found.properties;
  const body = { properties: { ...properties, isEnabled: false } };
  await runOperation(workspace, { action: `disable schedule "${name}"`, method: "PUT", path, body });
  return await runOperation(workspace, { action, method: "DELETE", path });
}

function schedulePath(name: string): string {
  return `schedules/${encodeURIComponent(name)}`;
}
