import { type Fields, fields, textOf } from "../../../core/fields.ts";
import type { Workspace } from "../client/workspace.ts";

/**
 * The URL of a job in Azure ML studio, as Azure ML writes it.
 *
 * @param tenant The tenant of the workspace, if it is known before anyone signs in.
 */
export function studioUrl(workspace: Workspace, name: string, tenant = workspace.tenant()): string {
  const { subscription_id: subscription, resource_group: group, name: workspaceName } = workspace.config;
  const id = `/subscriptions/${subscription}/resourcegroups/${group}/workspaces/${workspaceName}`;
  const { studio, studioKey } = workspace.cloud;
  return inTenant(
    `${studio}/runs/${name}?wsid=${id}${studioKey === undefined ? "" : `&key=${studioKey}`}`,
    tenant,
  );
}

/**
 * Adds the tenant, which Azure ML does only in some answers, so that the link opens for people with several tenants.
 * Letters such as ü, which names of resource groups can have, are escaped.
 */
function inTenant(given: string, tenant: string | undefined): string {
  const url = URL.parse(given)?.href ?? given;
  return tenant === undefined || url.includes("tid=") ? url : `${url}&tid=${tenant}`;
}

/** The URL in Azure's response to a job; `undefined` if it has none. */
export function studioUrlIn(properties: Fields, workspace?: Workspace): string | undefined {
  const url = textOf(fields(fields(properties.services).Studio).endpoint);
  return url && inTenant(url, workspace?.tenant());
}
