import { type Route, route, type WorkspaceCall } from "../world/call.ts";
import { answerPage } from "../world/paging.ts";
import { badRequest, jsonAnswer, Refusal } from "../world/refusal.ts";
import { checkBody } from "../check/check_shape.ts";
import { shapes } from "../check/shapes.ts";
import {
  changedNow,
  findResource,
  putResource,
  type Resource,
  systemData,
  workspaceResources,
} from "../world/world.ts";
import { grantAccount } from "../storage/sas.ts";

/** Routes of datastores. Those that a request creates may be in any account; the emulator has no blobs of them. */
export const datastoreRoutes: readonly Route[] = [
  route("GET datastores", "datastores/read", list),
  route("GET datastores/{name}", "datastores/read", (call) => jsonAnswer(datastore(call))),
  route("PUT datastores/{name}", "datastores/write", write),
  route("DELETE datastores/{name}", "datastores/delete", remove),
  route("POST datastores/{name}/listSecrets", "datastores/listSecrets/action", secrets),
];

function list(call: WorkspaceCall): Response {
  const all = workspaceResources(call.world, call.workspace, "datastores").map((one) => served(call, one));
  const isDefault = call.query.get("isDefault");
  const wanted = all.filter((datastore) =>
    isDefault === null || String(datastore.properties.isDefault) === isDefault
  );
  return answerPage(call, wanted.toReversed());
}

function datastore({ world, workspace, names }: WorkspaceCall): Resource {
  const resource = findResource(world, `${workspace.id}/datastores/${names.name}`);
  if (resource !== undefined) return served({ world, workspace }, resource);
  throw new Refusal(`Could not find datastore: ${names.name}.`, {
    status: 404,
    code: "UserError",
    inner: ["NotFoundError"],
  });
}

/** A datastore in the workspace's own account is where the emulator is served now: an earlier one had another port. */
function served(
  { world, workspace }: Pick<WorkspaceCall, "world" | "workspace">,
  resource: Resource,
): Resource {
  const { properties } = resource;
  if (properties.accountName !== workspace.account) return resource;
  return { ...resource, properties: { ...properties, endpoint: world.links.storageEndpoint } };
}

/** Creates or changes a datastore. Its secrets are kept, but never shown with it. */
function write(call: WorkspaceCall): Response {
  const { world, workspace, names, request } = call;
  const { properties } = checkBody(shapes.datastore, call.body);
  const id = `${workspace.id}/datastores/${names.name}`;
  const before = findResource(world, id);
  const { secrets, ...credentials } = properties.credentials ?? { credentialsType: "None" };
  if (secrets) world.datastoreSecrets.set(id.toLowerCase(), secrets);
  else if (credentials.credentialsType === "None") world.datastoreSecrets.delete(id.toLowerCase());
  const stored = putResource(world, {
    id,
    name: names.name!,
    type: "Microsoft.MachineLearningServices/workspaces/datastores",
    properties: {
      description: null,
      tags: {},
      properties: null,
      isDefault: before?.properties.isDefault ?? false,
      subscriptionId: null,
      resourceGroup: null,
      serviceDataAccessAuthIdentity: "None",
      ...properties,
      credentials,
    },
    systemData: before === undefined ? systemData(world) : changedNow(world, before.systemData),
  });
  return before === undefined ? jsonAnswer(stored, 201, { location: request.url }) : jsonAnswer(stored);
}

function remove(call: WorkspaceCall): Response {
  const { id } = datastore(call);
  call.world.resources.delete(id.toLowerCase());
  call.world.datastoreSecrets.delete(id.toLowerCase());
  return new Response(null, { headers: { "content-length": "0" } });
}

/** The credential of a datastore: a SAS if the request says so, else the account's key, as older clients expect. */
function secrets(call: WorkspaceCall): Response {
  const { world, workspace: { account }, body } = call;
  const { id, properties } = datastore(call);
  const { credentialsType } = properties.credentials as { readonly credentialsType: string };
  if (world.storage === "no credentials") {
    throw badRequest(`The datastore '${call.names.name}' has no credentials.`);
  }
  if (credentialsType === "None") return jsonAnswer({ secretsType: "None" });
  const { expirableSecret = false } = (body ?? {}) as { readonly expirableSecret?: unknown };
  if (expirableSecret !== true) {
    const kept = world.datastoreSecrets.get(id.toLowerCase());
    return jsonAnswer(kept ?? { secretsType: "AccountKey", key: btoa(`key of ${account}`) });
  }
  return jsonAnswer({ secretsType: "Sas", sasToken: `?${grantAccount(world, account)}` });
}
