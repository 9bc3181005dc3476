import type { Call, Route } from "../world/call.ts";
import { page } from "../world/pages.ts";
import { json, notFound } from "../world/refusal.ts";
import { find, listOf, type Resource } from "../world/world.ts";
import { grantContainer } from "../storage/sas.ts";

/** Datastores: all of them blob containers of the workspace's account. */
export const datastoreRoutes: readonly Route[] = [
  { method: "GET", path: "datastores", action: "datastores/read", handle: list },
  {
    method: "GET",
    path: "datastores/{name}",
    action: "datastores/read",
    handle: (call) => json(datastore(call)),
  },
  {
    method: "POST",
    path: "datastores/{name}/listSecrets",
    action: "datastores/listSecrets/action",
    handle: secrets,
  },
];

function list(call: Call): Response {
  const all = listOf(call.world, call.workspace, "datastores");
  const isDefault = call.query.get("isDefault");
  return page(
    call,
    all.filter((one) => isDefault === null || String(one.properties.isDefault) === isDefault),
  );
}

function datastore({ world, workspace, names }: Call): Resource {
  const found = find(world, `${workspace.id}/datastores/${names.name}`);
  if (found === undefined) throw notFound(`datastores/${names.name}`);
  return found;
}

function secrets(call: Call): Response {
  const container = String(datastore(call).properties.containerName);
  const url = grantContainer(call.world, { account: call.workspace.account, container, permissions: "rwl" });
  return json({ secretsType: "Sas", sasToken: `?${new URL(url).search.slice(1)}` });
}
