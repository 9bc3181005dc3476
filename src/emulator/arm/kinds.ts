import { fields } from "../../core/json.ts";
import { badRequest, checkBody, jsonAnswer, notFound, Refusal } from "../http/refusal.ts";
import { answerPage, type Route, route, startOperation, type WorkspaceCall } from "../http/routes.ts";
import { IDLE_CLUSTER, seedComputes } from "../state/seed.ts";
import {
  azureTime,
  changedNow,
  findContainer,
  findResource,
  openContainer,
  putResource,
  type Resource,
  systemData,
  workspaceResources,
} from "../state/world.ts";
import { grantAccount, grantContainer } from "../storage/sas.ts";
import { findVersion, versionId, versionsOf } from "./crud.ts";
import { compute, shapes } from "./shapes.ts";

/** Routes of code assets: find by hash under any name, upload to a new container, register once. */
export const codeRoutes: readonly Route[] = [
  route("GET codes/{name}/versions", "codes/versions/read", listCodes),
  route(
    "POST codes/{name}/versions/{version}/startPendingUpload",
    "codes/versions/write",
    startPendingUpload,
  ),
  route("GET codes/{name}/versions/{version}", "codes/versions/read", read),
  route("PUT codes/{name}/versions/{version}", "codes/versions/write", putCode),
];

function listCodes(call: WorkspaceCall): Response {
  const hash = call.query.get("hash");
  if (hash === null) return answerPage(call, versionsOf(call, "codes"));
  const versions = workspaceResources(call.world, call.workspace, "codes/versions");
  return answerPage(call, versions.filter((code) => hashOf(code) === hash));
}

function hashOf(code: Resource): unknown {
  return (code.properties.properties as Record<string, unknown> | undefined)?.hash_sha256;
}

function read(call: WorkspaceCall): Response {
  const code = findVersion(call, "codes");
  if (code === undefined) throw notFound(`Code ${call.names.name}:${call.names.version}`);
  return jsonAnswer(code);
}

function startPendingUpload(call: WorkspaceCall): Response {
  checkBody(shapes.pendingUpload, call.body);
  const { world, workspace } = call;
  const container = `${workspace.workspaceId}-${world.random.uuid().replaceAll("-", "").slice(-26)}`;
  const { account } = workspace;
  openContainer(world, account, container);
  return jsonAnswer({
    blobReferenceForConsumption: {
      blobUri: withPort(`${world.links.blob(account)}/${container}`),
      storageAccountArmId:
        `/subscriptions/${workspace.subscription}/resourceGroups/${workspace.resourceGroup}` +
        `/providers/Microsoft.Storage/storageAccounts/${account}`,
      credential: world.storage === "no credentials" ? { credentialType: "NoCredentials" } : {
        credentialType: "SAS",
        sasUri: grantContainer(world, { account, container, permissions: "rcwl" }),
      },
    },
    pendingUploadId: world.random.uuid(),
    pendingUploadType: "None",
  });
}

/** Azure ML names the port of storage, even if it is the default one. */
function withPort(url: string): string {
  const { port, protocol, host, pathname } = new URL(url);
  return port === "" ? `${protocol}//${host}:443${pathname}` : url;
}

function putCode(call: WorkspaceCall): Response {
  const { properties } = checkBody(shapes.codeVersion, call.body);
  const existing = findVersion(call, "codes");
  if (existing !== undefined) {
    if (existing.properties.codeUri === properties.codeUri) return jsonAnswer(existing);
    throw badRequest("Asset paths cannot be updated.");
  }
  requireUploaded(call, properties.codeUri);
  const resource = putResource(call.world, {
    id: versionId(call, "codes"),
    name: call.names.version!,
    type: "Microsoft.MachineLearningServices/workspaces/codes/versions",
    properties: {
      description: null,
      tags: {},
      isArchived: false,
      isAnonymous: false,
      ...properties,
      properties: texts(properties.properties ?? {}),
      provisioningState: "Succeeded",
    },
    systemData: systemData(call.world),
  });
  return jsonAnswer(resource, 201, { location: call.request.url });
}

/** The service stores property values as text. */
function texts(values: Readonly<Record<string, string | number>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

function requireUploaded({ world, workspace }: WorkspaceCall, codeUri: string): void {
  const base = `${world.links.blob(workspace.account)}/`;
  const uri = URL.canParse(codeUri) ? new URL(codeUri).href : codeUri;
  const [container = "", ...folder] = uri.startsWith(base) ? uri.slice(base.length).split("/") : [];
  const upload = findContainer(world, workspace.account, container);
  if (upload === undefined) {
    throw badRequest(`The code URI ${codeUri} is in no container that was given for an upload.`);
  }
  const prefix = decodeURIComponent(folder.join("/")).replace(/\/?$/, "/");
  const isThere = [...upload.blobs].some(([name, blob]) =>
    !blob.isUncommitted && (prefix === "/" || name.startsWith(prefix))
  );
  if (!isThere) throw badRequest(`There is no blob at the code URI ${codeUri}.`);
}

const action = "computes/write";

/** Routes of computes: clusters, and instances that start and stop. */
export const computeRoutes: readonly Route[] = [
  route(
    "GET computes",
    "computes/read",
    (call) => answerPage(call, workspaceResources(call.world, call.workspace, "computes")),
  ),
  route("GET computes/{name}", "computes/read", (call) => jsonAnswer(existing(call))),
  route("PUT computes/{name}", action, putCompute),
  route("DELETE computes/{name}", "computes/delete", deleteCompute),
  route("POST computes/{name}/start", action, (call) => turn(call, "Running")),
  route("POST computes/{name}/stop", action, (call) => turn(call, "Stopped")),
  route("POST computes/{name}/restart", action, (call) => turn(call, "Running")),
];

function existing(call: WorkspaceCall): Resource {
  const { world, workspace, names } = call;
  if (world.acceptAny) seedComputes(world, workspace, [names.name!]);
  const compute = findResource(world, `${workspace.id}/computes/${names.name}`);
  if (compute !== undefined) return compute;
  throw new Refusal(`Compute ${names.name} not found`, { status: 404, code: "NotFound", body: null });
}

/** Time that the creation or a change of a compute takes. */
const CHANGE_MS = 10_000;

function putCompute(call: WorkspaceCall): Response {
  const { world, workspace, names } = call;
  const { properties, location, tags, identity } = checkBody(compute, call.body);
  const id = `${workspace.id}/computes/${names.name}`;
  const before = findResource(world, id);
  const now = azureTime(world.clock.now());
  const common = {
    createdOn: before?.properties.createdOn ?? now,
    modifiedOn: now,
    disableLocalAuth: properties.disableLocalAuth ?? false,
    description: properties.description ?? null,
    resourceId: null,
    computeType: properties.computeType,
    provisioningErrors: null,
    isAttachedCompute: false,
  };
  const details = completed(properties.computeType, properties.properties ?? {});
  const resource: Resource = {
    id,
    name: names.name!,
    type: "Microsoft.MachineLearningServices/workspaces/computes",
    location: location ?? "eastus",
    tags: tags ?? {},
    ...(identity && { identity: identityOf(call, identity, before) }),
    properties: {
      ...common,
      computeLocation: location ?? "eastus",
      provisioningState: "Succeeded",
      provisioningWarnings: {},
      properties: { ...READY[properties.computeType], ...details },
    },
  };
  putResource(world, resource);
  const creating = {
    ...common,
    provisioningState: "Creating",
    provisioningWarnings: null,
    properties: details,
  };
  return jsonAnswer(
    { ...resource, tags: tags ?? null, properties: creating },
    before === undefined ? 201 : 200,
    { "azure-asyncoperation": started(call, CHANGE_MS) },
  );
}

/** The identities of a compute; its own stays when the compute is changed. */
function identityOf({ world }: WorkspaceCall, sent: Resource["identity"], before: Resource | undefined) {
  const { random, identity: { tenant: tenantId } } = world;
  const assigned = Object.keys(fields(sent?.userAssignedIdentities))
    .map((id) => [id, { principalId: random.uuid(), clientId: random.uuid() }]);
  return {
    type: sent?.type,
    ...(String(sent?.type).includes("SystemAssigned") &&
      { principalId: before?.identity?.principalId ?? random.uuid(), tenantId }),
    ...(assigned.length > 0 && { userAssignedIdentities: Object.fromEntries(assigned) }),
  };
}

/** What a compute has once it is there. */
const READY: Readonly<Record<string, object>> = { AmlCompute: IDLE_CLUSTER };

/** The details of a compute as Azure ML completes them: sizes in capitals, and no passwords. */
function completed(computeType: string, sent: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { vmSize, userAccountCredentials, ...details } = sent;
  const size = { vmSize: String(vmSize ?? "STANDARD_DS3_V2").toUpperCase() };
  if (computeType === "ComputeInstance") return { ...size, state: "Running", errors: [], ...details };
  if (computeType !== "AmlCompute") return sent;
  const { adminUserName } = (userAccountCredentials ?? {}) as { readonly adminUserName?: unknown };
  return {
    ...size,
    subnet: null,
    currentNodeCount: null,
    targetNodeCount: null,
    nodeStateCounts: null,
    allocationState: null,
    errors: null,
    virtualMachineImage: null,
    isolatedNetwork: false,
    enableBatchPrivateLink: false,
    vmPriority: "Dedicated",
    ...details,
    ...(adminUserName !== undefined && { userAccountCredentials: { adminUserName } }),
  };
}

function deleteCompute(call: WorkspaceCall): Response {
  const { id } = existing(call);
  call.world.resources.delete(id.toLowerCase());
  return accepted(call);
}

/** Starts or stops an instance. */
function turn(call: WorkspaceCall, state: "Running" | "Stopped"): Response {
  const compute = existing(call);
  const details = { ...compute.properties.properties as object, state };
  putResource(call.world, { ...compute, properties: { ...compute.properties, properties: details } });
  return accepted(call);
}

function accepted(call: WorkspaceCall): Response {
  return new Response(null, {
    status: 202,
    headers: { "content-length": "0", "azure-asyncoperation": started(call, CHANGE_MS) },
  });
}

/** Starts an operation. @returns the URL to poll. */
function started({ world, workspace, query }: WorkspaceCall, takesMs: number): string {
  const operation = { kind: "c", name: world.random.uuid(), apiVersion: query.get("api-version")! } as const;
  return startOperation(world, workspace, { ...operation, endsAt: world.clock.now().getTime() + takesMs })
    .compute;
}

/** Routes of datastores. Those that a request creates may be in any account; the emulator has no blobs of them. */
export const datastoreRoutes: readonly Route[] = [
  route("GET datastores", "datastores/read", listDatastores),
  route("GET datastores/{name}", "datastores/read", (call) => jsonAnswer(datastore(call))),
  route("PUT datastores/{name}", "datastores/write", putDatastore),
  route("DELETE datastores/{name}", "datastores/delete", deleteDatastore),
  route("POST datastores/{name}/listSecrets", "datastores/listSecrets/action", secrets),
];

function listDatastores(call: WorkspaceCall): Response {
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
function putDatastore(call: WorkspaceCall): Response {
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

function deleteDatastore(call: WorkspaceCall): Response {
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
