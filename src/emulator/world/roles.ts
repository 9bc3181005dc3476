import { jsonAnswer, Refusal } from "./refusal.ts";
import type { World } from "./world.ts";

/** Whether the identity has no role for an operation, whatever the resource. */
export function isDenied({ deniedActions }: World, action: string): boolean {
  return deniedActions.some((one) =>
    new RegExp(`^${one.split("*").map(escaped).join(".*")}$`, "i").test(action)
  );
}

/** @throws {Refusal} 403 as Resource Manager says it, when the identity has no role for an operation. */
export function requireRole(world: World, action: string, scope: string): void {
  if (!isDenied(world, action)) return;
  const { client, objectId } = world.identity;
  throw new Refusal(
    `The client '${client}' with object id '${objectId}' does not have authorization to perform action '${action}' ` +
      `over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    { status: 403, code: "AuthorizationFailed" },
  );
}

/** What the identity may do: all but what is denied. */
export function permissions(world: World): Response {
  const denied = [...world.deniedActions];
  return jsonAnswer({
    value: [{
      actions: ["*"],
      notActions: denied,
      dataActions: ["*"],
      notDataActions: denied,
      condition: null,
      conditionVersion: null,
    }],
  });
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
