import { PERMISSIONS_PATH } from "../client/api_versions.ts";
import { fitsStars } from "../../../core/text/wildcard.ts";
import { allResources } from "../client/paging.ts";
import type { Workspace } from "../client/workspace.ts";

/** What a role assignment allows; `*` in an operation matches anything, as in Azure's role definitions. */
export interface Permission {
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
  readonly notDataActions?: readonly string[];
}

/**
 * Asks Resource Manager what the signed-in identity may do with a resource. Changes nothing.
 *
 * @param scope Resource Manager id.
 * @throws {UserError} `azure.*`, `network.*`.
 */
export async function readPermissions(workspace: Workspace, scope: string): Promise<readonly Permission[]> {
  const action = "read the permissions of this identity";
  return await allResources<Permission>(workspace, { action, below: scope, path: PERMISSIONS_PATH });
}

/** The operations in `wanted` that no permission allows. */
export function missingActions(
  permissions: readonly Permission[],
  wanted: readonly string[],
  kind: "actions" | "dataActions",
): readonly string[] {
  const not = kind === "actions" ? "notActions" : "notDataActions";
  return wanted.filter((action) =>
    !permissions.some((permission) =>
      fitsAny(action, permission[kind] ?? []) && !fitsAny(action, permission[not] ?? [])
    )
  );
}

function fitsAny(action: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => fitsStars(pattern, action));
}
