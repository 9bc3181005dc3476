import { UserError } from "../../../core/errors.ts";
import { listResources } from "../client/paging.ts";
import type { Workspace } from "../client/workspace.ts";

/** Kinds of assets with versions. */
type AssetKind = "environments" | "data";

/**
 * The version that a new version of an asset should have: the service's proposal, else `1`.
 *
 * @throws {UserError} `azure.*`, `network.*`.
 */
export async function nextVersion(workspace: Workspace, kind: AssetKind, name: string): Promise<string> {
  const container = await workspace.find<{ readonly properties?: { readonly nextVersion?: string | null } }>({
    action: `find the versions of "${name}"`,
    method: "GET",
    path: `${kind}/${encodeURIComponent(name)}`,
    answers: ["properties"],
  });
  return container?.properties?.nextVersion || "1";
}

/**
 * The newest version of an asset, with its properties; `undefined` if the asset has none.
 *
 * @throws {UserError} `azure.*`, `network.*`.
 */
export async function newestVersion<T>(
  workspace: Workspace,
  kind: AssetKind,
  name: string,
): Promise<{ readonly version: string; readonly properties: T } | undefined> {
  const versions = listResources<{ readonly name: string; readonly properties: T }>(workspace, {
    action: `find the newest version of "${name}"`,
    path: `${kind}/${encodeURIComponent(name)}/versions`,
    query: { "$orderBy": "createdtime desc", "$top": "1" },
  });
  try {
    for await (const { name: version, properties } of versions) return { version, properties };
  } catch (thrown) {
    if (!(thrown instanceof UserError) || thrown.code !== "azure.not_found") throw thrown;
  }
  return undefined;
}
