import { DATA_ASSET_NAME } from "../../core/azure_limits.ts";
import { fields } from "../../core/json.ts";
import { badRequest, checkBody, jsonAnswer, notFound, Refusal } from "../http/refusal.ts";
import { type Route, route, startOperation, type WorkspaceCall } from "../http/routes.ts";
import {
  dataProperties,
  environmentProperties,
  IDLE_CLUSTER,
  seedComputes,
  seedData,
  seedEnvironments,
} from "../state/seed.ts";
import {
  azureTime,
  findContainer,
  openContainer,
  putResource,
  type Resource,
  systemData,
  workspaceResources,
} from "../state/world.ts";
import { grantAccount, grantContainer } from "../storage/sas.ts";
import { existing, isInView, isMadeOnDemand, type Kind, routesOf, versionsOf } from "./crud.ts";
import { compute, shapes } from "./shapes.ts";

/** A kind, whose body is typed by its shape. */
const kind = <Sent>(row: Kind<Sent>): Kind<Sent> => row;

const ENVIRONMENTS = kind({
  path: "environments",
  isVersioned: true,
  noun: "Environment",
  shape: shapes.environmentVersion,
  complete({ names }, { properties: sent }, before) {
    const properties = environmentProperties(sent);
    if (isChanged(before, properties, ["image", "condaFile"])) {
      throw new Refusal(
        `Version ${names.version} of ${names.name} in environments already exists and is not the same; choose another version.`,
        { status: 409, code: "UserError" },
      );
    }
    return { properties };
  },
  remove: () => new Response(null, { headers: { "content-length": "0" } }),
  provide({ world, workspace, names: { name, version = "1" } }) {
    if (world.acceptAny) seedEnvironments(world, workspace, [{ name: name!, versions: [version] }]);
  },
  // Only the newest version has the label `latest`.
  shown(call, version) {
    const { properties } = version;
    if (properties.isAnonymous === true) return version;
    const isLatest = properties.environmentType !== "Curated" &&
      versionsOf(call, "environments").at(-1)?.id === version.id;
    const labels = { "azureml.labels": isLatest ? "latest" : "" };
    return {
      ...version,
      properties: { ...properties, properties: { ...properties.properties as object, ...labels } },
    };
  },
  listed: (call, versions) => inOrder(call, versions, "Environment"),
  container: (call, versions, isArchived) => ({
    description: "",
    tags: {},
    properties: {},
    isArchived,
    ...versionNames(call, versions),
    provisioningState: "Succeeded",
  }),
});

const DATA = kind({
  path: "data",
  isVersioned: true,
  noun: "Data",
  shape: shapes.dataVersion,
  complete({ world, workspace, names }, { properties: sent }, before) {
    if (!DATA_ASSET_NAME.test(names.name!)) {
      throw badRequest(`The data asset name '${names.name}' is not allowed.`);
    }
    const properties = dataProperties(workspace, sent);
    // azure-ai-ml 1.35 expects these words (`ASSET_PATH_ERROR`).
    if (isChanged(before, properties, ["dataUri", "dataType"])) throw badRequest(PATH_CHANGED);
    if (sent.autoDeleteSetting) {
      throw badRequest("AutoDeleteSetting is only supported for assets in managed datastore.", {
        inner: ["BadArgument", "ArgumentInvalid", "AutoDeleteSettingOnlySupportedForManagedDatastore"],
      });
    }
    if (before !== undefined) return { properties };
    // Azure ML names nobody for the last change of a data asset that was never changed.
    const { lastModifiedBy: _, lastModifiedByType: __, ...created } = systemData(world);
    return { properties, systemData: created };
  },
  provide({ world, workspace, names: { name, version = "1" } }) {
    if (world.dataOnDemand) seedData(world, workspace, [{ name: name!, versions: [version] }]);
  },
  listed: (call, versions) => inOrder(call, versions, "Data"),
  container: (call, versions, isArchived) => ({
    description: null,
    tags: null,
    properties: null,
    isArchived,
    ...versionNames(call, versions),
    dataType: versions.at(-1)!.properties.dataType,
  }),
});

const PATH_CHANGED = "Asset paths cannot be updated.";

function isChanged(
  before: Resource | undefined,
  after: Resource["properties"],
  immutable: readonly string[],
): boolean {
  return before !== undefined && immutable.some((key) => before.properties[key] !== after[key]);
}

function versionNames(call: WorkspaceCall, versions: readonly Resource[]) {
  const own = versions.filter((version) => !isMadeOnDemand(call, version));
  const highest = Math.max(0, ...own.map(({ name }) => Number(name)).filter(Number.isInteger));
  return { latestVersion: versions.at(-1)!.name, nextVersion: String(highest + 1) };
}

/** The versions of an asset, newest first unless the query says otherwise. */
function inOrder(call: WorkspaceCall, versions: readonly Resource[], noun: string): readonly Resource[] {
  if (versions.length === 0) throw notFound(`${noun} ${call.names.name}`);
  const order = (call.query.get("$orderBy") ?? "createdtime desc").toLowerCase();
  if (!/^(createdtime|modifiedtime) (asc|desc)$/.test(order)) {
    throw badRequest(`The order '${order}' is not supported.`);
  }
  const wanted = versions.filter(isInView(call));
  return order.endsWith("desc") ? wanted.toReversed() : wanted;
}

/** Code is found by its hash under any name, uploaded to a new container, and registered once. */
const CODES = kind({
  path: "codes",
  isVersioned: true,
  noun: "Code",
  shape: shapes.codeVersion,
  complete(call, { properties }, before) {
    if (before !== undefined) {
      if (before.properties.codeUri === properties.codeUri) return before;
      throw badRequest(PATH_CHANGED);
    }
    requireUploaded(call, properties.codeUri);
    return {
      properties: {
        description: null,
        tags: {},
        isArchived: false,
        isAnonymous: false,
        ...properties,
        properties: texts(properties.properties ?? {}),
        provisioningState: "Succeeded",
      },
    };
  },
  listed({ world, workspace, query }, versions) {
    const hash = query.get("hash");
    if (hash === null) return versions;
    return workspaceResources(world, workspace, "codes/versions")
      .filter(({ properties }) => fields(properties.properties).hash_sha256 === hash);
  },
});

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
      credential: {
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

const COMPUTES = kind({
  path: "computes",
  isVersioned: false,
  noun: "Compute",
  shape: compute,
  complete(call, { properties, location, tags, identity }, before) {
    const now = azureTime(call.world.clock.now());
    return {
      location: location ?? "eastus",
      tags: tags ?? {},
      ...(identity && { identity: identityOf(call, identity, before) }),
      properties: {
        createdOn: before?.properties.createdOn ?? now,
        modifiedOn: now,
        disableLocalAuth: properties.disableLocalAuth ?? false,
        description: properties.description ?? null,
        resourceId: null,
        computeType: properties.computeType,
        provisioningErrors: null,
        isAttachedCompute: false,
        computeLocation: location ?? "eastus",
        provisioningState: "Succeeded",
        provisioningWarnings: {},
        properties: {
          ...(properties.computeType === "AmlCompute" && IDLE_CLUSTER),
          ...completed(properties.computeType, properties.properties ?? {}),
        },
      },
      systemData: undefined,
    };
  },
  missing: ({ names }) =>
    new Refusal(`Compute ${names.name} not found`, { status: 404, code: "NotFound", body: null }),
  provide({ world, workspace, names }) {
    if (world.acceptAny) seedComputes(world, workspace, [names.name!]);
  },
  answer(call, stored, before) {
    const { properties: { computeType, properties: sent }, tags } = checkBody(compute, call.body);
    const { computeLocation: _, ...common } = stored.properties;
    const properties = {
      ...common,
      provisioningState: "Creating",
      provisioningWarnings: null,
      properties: completed(computeType, sent ?? {}),
    };
    return jsonAnswer({ ...stored, tags: tags ?? null, properties }, before === undefined ? 201 : 200, {
      "azure-asyncoperation": started(call),
    });
  },
  remove: accepted,
});

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
    vmPriority: null,
    ...details,
    ...(adminUserName !== undefined && { userAccountCredentials: { adminUserName } }),
  };
}

function turn(call: WorkspaceCall, state: "Running" | "Stopped"): Response {
  const compute = existing(call, COMPUTES);
  const details = { ...compute.properties.properties as object, state };
  putResource(call.world, { ...compute, properties: { ...compute.properties, properties: details } });
  return accepted(call);
}

function accepted(call: WorkspaceCall): Response {
  return new Response(null, {
    status: 202,
    headers: { "content-length": "0", "azure-asyncoperation": started(call) },
  });
}

const CHANGE_MS = 10_000;

/** Starts an operation. @returns the URL to poll. */
function started({ world, workspace, query }: WorkspaceCall): string {
  const operation = { kind: "c", name: world.random.uuid(), apiVersion: query.get("api-version")! } as const;
  return startOperation(world, workspace, { ...operation, endsAt: world.clock.now().getTime() + CHANGE_MS })
    .compute;
}

/** Datastores. Those that a request creates may be in any account; the emulator has no blobs of them. */
const DATASTORES = kind({
  path: "datastores",
  isVersioned: false,
  noun: "Datastore",
  shape: shapes.datastore,
  // Its secrets are kept, but never shown with it.
  complete({ world, workspace, names }, { properties }, before) {
    const key = `${workspace.id}/datastores/${names.name}`.toLowerCase();
    const { secrets, ...credentials } = properties.credentials ?? { credentialsType: "None" };
    if (secrets) world.datastoreSecrets.set(key, secrets);
    else if (credentials.credentialsType === "None") world.datastoreSecrets.delete(key);
    return {
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
    };
  },
  missing: ({ names }) =>
    new Refusal(`Could not find datastore: ${names.name}.`, {
      status: 404,
      code: "UserError",
      inner: ["NotFoundError"],
    }),
  // In the workspace's own account it is where the emulator is served now: an earlier one had another port.
  shown({ world, workspace }, datastore) {
    const { properties } = datastore;
    if (properties.accountName !== workspace.account) return datastore;
    return { ...datastore, properties: { ...properties, endpoint: world.links.storageEndpoint } };
  },
  listed({ query }, all) {
    const isDefault = query.get("isDefault");
    return all.filter(({ properties }) => isDefault === null || String(properties.isDefault) === isDefault)
      .toReversed();
  },
  remove({ world }, { id }) {
    world.datastoreSecrets.delete(id.toLowerCase());
    return new Response(null, { headers: { "content-length": "0" } });
  },
});

/** The credential of a datastore: a SAS if the request says so, else the account's key, as older clients expect. */
function secrets(call: WorkspaceCall): Response {
  const { world, workspace: { account }, body } = call;
  const { id, properties } = existing(call, DATASTORES);
  const { credentialsType } = properties.credentials as { readonly credentialsType: string };
  if (credentialsType === "None") return jsonAnswer({ secretsType: "None" });
  const { expirableSecret = false } = (body ?? {}) as { readonly expirableSecret?: unknown };
  if (expirableSecret !== true) {
    const kept = world.datastoreSecrets.get(id.toLowerCase());
    return jsonAnswer(kept ?? { secretsType: "AccountKey", key: btoa(`key of ${account}`) });
  }
  return jsonAnswer({ secretsType: "Sas", sasToken: `?${grantAccount(world, account)}` });
}

export const kindRoutes: readonly Route[] = [
  ...routesOf(ENVIRONMENTS),
  ...routesOf(DATA),
  ...routesOf(CODES),
  route("POST codes/{name}/versions/{version}/startPendingUpload", startPendingUpload),
  ...routesOf(COMPUTES),
  route("POST computes/{name}/start", (call) => turn(call, "Running")),
  route("POST computes/{name}/stop", (call) => turn(call, "Stopped")),
  route("POST computes/{name}/restart", (call) => turn(call, "Running")),
  route("POST computes/{name}/listNodes", (call) => {
    const { computeType } = existing(call, COMPUTES).properties;
    return jsonAnswer({ computeType, nodes: [] });
  }),
  ...routesOf(DATASTORES),
  route("POST datastores/{name}/listSecrets", secrets),
];
