import { readJson } from "../client/read_json.ts";
import type { Workspace } from "../client/workspace.ts";

/** What one role assignment allows: operations with `*` for anything, as Azure writes them. */
export interface Permission {
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
  readonly notDataActions?: readonly string[];
}

/** The newest version that Azure CLI asks with, too. */
const API_VERSION = "2022-04-01";

/**
 * Asks Resource Manager what the identity that asks may do with a resource. Nothing is changed by it.
 *
 * @param scope Resource Manager id.
 * @throws {UserError} `azure.*`, `network.*`.
 */
export async function readPermissions(workspace: Workspace, scope: string): Promise<readonly Permission[]> {
  const action = "read the permissions of this identity";
  const { resourceManager, resourceManagerScope } = workspace.cloud;
  const all: Permission[] = [];
  let url: string | undefined =
    `${resourceManager}${scope}/providers/Microsoft.Authorization/permissions?api-version=${API_VERSION}`;
  while (url !== undefined) {
    const answer = await workspace.ask({ action, method: "GET", url, scope: resourceManagerScope });
    if (answer.status >= 400) throw workspace.refused(action, answer);
    const page = readJson<{ value?: Permission[]; nextLink?: string | null }>(action, answer);
    all.push(...page.value ?? []);
    // A token goes to Resource Manager only, whatever a page names as the next.
    url = page.nextLink?.startsWith(`${resourceManager}/`) ? page.nextLink : undefined;
  }
  return all;
}

/** The operations of `wanted` that no permission allows. */
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
  return patterns.some((pattern) =>
    new RegExp(`^${pattern.split("*").map(escaped).join(".*")}$`, "i").test(action)
  );
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
