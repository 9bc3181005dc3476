import type { Route, WorkspaceCall } from "../world/call.ts";
import { answerPage } from "../world/pages.ts";
import { badRequest, jsonAnswer, notFound } from "../world/refusal.ts";
import { findResource, type Resource, workspaceResources } from "../world/world.ts";
import { grantAccount } from "../storage/sas.ts";

/** Routes of datastores, which are blob containers of the workspace's storage account. */
export const datastoreRoutes: readonly Route[] = [
  { method: "GET", path: "datastores", action: "datastores/read", handle: list },
  {
    method: "GET",
    path: "datastores/{name}",
    action: "datastores/read",
    handle: (call) => jsonAnswer(datastore(call)),
  },
  {
    method: "POST",
    path: "datastores/{name}/listSecrets",
    action: "datastores/listSecrets/action",
    handle: secrets,
  },
];

function list(call: WorkspaceCall): Response {
  const all = workspaceResources(call.world, call.workspace, "datastores");
  const isDefault = call.query.get("isDefault");
  return answerPage(
    call,
    all.filter((one) => isDefault === null || String(one.properties.isDefault) === isDefault),
  );
}

function datastore({ world, workspace, names }: WorkspaceCall): Resource {
  const found = findResource(world, `${workspace.id}/datastores/${names.name}`);
  if (found === undefined) throw notFound(`datastores/${names.name}`);
  return found;
}

/** The credential of a datastore: a SAS if the request says so, else the account's key, as older clients expect. */
function secrets(call: WorkspaceCall): Response {
  const { world, workspace: { account }, body } = call;
  datastore(call);
  if (world.storage === "no credentials") {
    throw badRequest(`The datastore '${call.names.name}' has no credentials.`);
  }
  const { expirableSecret = false } = (body ?? {}) as { readonly expirableSecret?: unknown };
  if (expirableSecret !== true) {
    return jsonAnswer({ secretsType: "AccountKey", key: btoa(`key of ${account}`) });
  }
  return jsonAnswer({ secretsType: "Sas", sasToken: `?${grantAccount(world, account)}` });
}
