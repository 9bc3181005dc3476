import type { DataVersionBase, EnvironmentVersion } from "@azure/arm-machinelearning";
import { type ArmCall, listWithArm } from "../client/arm.ts";
import type { Workspace } from "../client/workspace.ts";

/** Kinds of assets with versions. */
type AssetKind = "environments" | "data";

/** The next version of an asset: the service's proposal, else `1`. @throws {UserError} `azure.*`. */
export async function nextVersion(workspace: Workspace, kind: AssetKind, name: string): Promise<string> {
  const container = await workspace.find<{ readonly properties?: { readonly nextVersion?: string | null } }>({
    action: `find the versions of "${name}"`,
    method: "GET",
    path: `${kind}/${encodeURIComponent(name)}`,
    answers: ["properties"],
  });
  return container?.properties?.nextVersion || "1";
}

/** An asset's newest version; `undefined` if it has none. @throws {UserError} `azure.*`, `network.*`. */
export async function newestVersion<T>(
  workspace: Workspace,
  kind: AssetKind,
  name: string,
): Promise<{ readonly version: string; readonly properties: T } | undefined> {
  const options = { orderBy: "createdtime desc", top: 1 };
  const list = ({ client, at }: ArmCall): AsyncIterable<DataVersionBase | EnvironmentVersion> =>
    (kind === "data" ? client.dataVersions : client.environmentVersions).list(...at, name, options);
  const action = `find the newest version of ${kind === "data" ? "data asset" : "environment"} "${name}"`;
  const versions = listWithArm(workspace, action, list, { maybeMissing: true });
  for await (const { name: version, properties } of versions) {
    return { version: version!, properties: properties as T };
  }
  return undefined;
}
