import { fitsStars } from "../../core/names.ts";
import { gatewayError, jsonAnswer } from "./refusal.ts";
import type { World } from "../state/world.ts";

/** Whether the identity may not perform an action. */
export function isDenied({ deniedActions }: World, action: string): boolean {
  return deniedActions.some((deniedAction) => fitsStars(deniedAction, action));
}

/** @throws {Refusal} 403 in Resource Manager's format if the identity may not perform an action. */
export function requireRole(world: World, action: string, scope: string): void {
  if (!isDenied(world, action)) return;
  const { client, objectId } = world.identity;
  throw gatewayError(
    403,
    "AuthorizationFailed",
    `The client '${client}' with object id '${objectId}' does not have authorization to perform action '${action}' ` +
      `over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}

/** Responds with the identity's permissions: everything except the denied actions. */
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
