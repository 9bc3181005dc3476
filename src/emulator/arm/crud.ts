import { DATA_ASSET_NAME } from "../../core/azure_limits.ts";
import { badRequest, checkBody, jsonAnswer, notFound, Refusal } from "../http/refusal.ts";
import { answerPage, type Route, route, type WorkspaceCall } from "../http/routes.ts";
import { dataProperties, environmentProperties, seedData, seedEnvironments } from "../state/seed.ts";
import {
  changedNow,
  findResource,
  putResource,
  type Resource,
  systemData,
  workspaceResources,
  type World,
} from "../state/world.ts";
import { shapes } from "./shapes.ts";

type Kind = "environments" | "data";

/** Routes of versioned assets: environments and data. */
export const assetRoutes: readonly Route[] = [...versioned("environments"), ...versioned("data")];

function versioned(kind: Kind): readonly Route[] {
  return [
    route(`GET ${kind}`, `${kind}/read`, (call) => containers(call, kind)),
    route(`GET ${kind}/{name}`, `${kind}/read`, (call) => jsonAnswer(container(call, kind))),
    route(`GET ${kind}/{name}/versions`, `${kind}/versions/read`, (call) => listVersions(call, kind)),
    archiveRoute(kind, (call) => container(call, kind)),
    route(
      `GET ${kind}/{name}/versions/{version}`,
      `${kind}/versions/read`,
      (call) => readVersion(call, kind),
    ),
    route(`PUT ${kind}/{name}/versions/{version}`, `${kind}/versions/write`, (call) => write(call, kind)),
  ];
}

/** Creates the requested asset if the emulator accepts any, and does not have it. */
function provide({ world, workspace, names }: WorkspaceCall, kind: Kind): void {
  const { name, version = "1" } = names;
  const seeds = [{ name: name!, versions: [version] }];
  if (kind === "data" && world.dataOnDemand) seedData(world, workspace, seeds);
  if (kind === "environments" && world.acceptAny) seedEnvironments(world, workspace, seeds);
}

/** Whether a version of a data asset was only made because it was asked for, so that a real one takes its place. */
function isMadeOnDemand({ world, names }: WorkspaceCall, { name, properties }: Resource): boolean {
  return world.dataOnDemand &&
    String(properties.dataUri).endsWith(`/datastores/workspaceblobstore/paths/${names.name}/${name}/`);
}

function readVersion(call: WorkspaceCall, kind: Kind): Response {
  const { name, version } = call.names;
  provide(call, kind);
  const resource = findVersion(call, kind);
  if (resource === undefined) throw notFound(`${NOUNS[kind]} ${name}:${version}`);
  return jsonAnswer(shown(call, kind, resource));
}

/** A version as it is now: only the newest version of an environment has the label `latest`. */
function shown(call: WorkspaceCall, kind: Kind, version: Resource): Resource {
  const { properties } = version;
  if (kind === "data" || properties.isAnonymous === true) return version;
  const isLatest = properties.environmentType !== "Curated" &&
    versionsOf(call, kind).at(-1)?.id === version.id;
  const labels = { "azureml.labels": isLatest ? "latest" : "" };
  return {
    ...version,
    properties: { ...properties, properties: { ...properties.properties as object, ...labels } },
  };
}

const NOUNS: Readonly<Record<Kind, string>> = { environments: "Environment", data: "Data" };

function providedVersions(call: WorkspaceCall, kind: Kind): readonly Resource[] {
  const versions = versionsOf(call, kind);
  if (versions.length > 0) return versions;
  provide(call, kind);
  return versionsOf(call, kind);
}

function listVersions(call: WorkspaceCall, kind: Kind): Response {
  const versions = providedVersions(call, kind);
  if (versions.length === 0) throw notFound(`${NOUNS[kind]} ${call.names.name}`);
  const order = (call.query.get("$orderBy") ?? "createdtime desc").toLowerCase();
  if (!/^(createdtime|modifiedtime) (asc|desc)$/.test(order)) {
    throw badRequest(`The order '${order}' is not supported.`);
  }
  const wanted = versions.filter(isInView(call)).map((version) => shown(call, kind, version));
  return answerPage(call, order.endsWith("desc") ? wanted.toReversed() : wanted);
}

function containers(call: WorkspaceCall, kind: Kind): Response {
  const all = assetNames(call, kind).map((name) => container({ ...call, names: { name } }, kind));
  return answerPage(call, all.filter(isInView(call)));
}

function container(call: WorkspaceCall, kind: Kind): Resource {
  const name = call.names.name!;
  const id = `${call.workspace.id}/${kind}/${name}`;
  const versions = providedVersions(call, kind);
  const latest = versions.at(-1);
  if (latest === undefined) throw notFound(`${NOUNS[kind]} ${name}`);
  const own = versions.filter((version) => !isMadeOnDemand(call, version));
  const highest = Math.max(0, ...own.map((version) => Number(version.name)).filter(Number.isInteger));
  return {
    id,
    name,
    type: `Microsoft.MachineLearningServices/workspaces/${kind}`,
    properties: {
      ...(kind === "data" ? NOTHING_SET : NOTHING_SET_OF_ENVIRONMENT),
      isArchived: isArchivedContainer(call.world, id),
      latestVersion: latest.name,
      nextVersion: String(highest + 1),
      ...(kind === "data" ? { dataType: latest.properties.dataType } : { provisioningState: "Succeeded" }),
    },
    systemData: latest.systemData,
  };
}

const NOTHING_SET = { description: null, tags: null, properties: null };
const NOTHING_SET_OF_ENVIRONMENT = { description: "", tags: {}, properties: {} };

function write(call: WorkspaceCall, kind: Kind): Response {
  const shape = kind === "environments" ? shapes.environmentVersion : shapes.dataVersion;
  const { properties } = checkBody(shape, call.body);
  if (kind === "data" && !DATA_ASSET_NAME.test(call.names.name!)) {
    throw badRequest(`The data asset name '${call.names.name}' is not allowed.`);
  }
  const found = findVersion(call, kind);
  const existing = found !== undefined && isMadeOnDemand(call, found) ? undefined : found;
  const completed = kind === "environments"
    ? environmentProperties(properties)
    : dataProperties(call.workspace, properties);
  // All but the description is immutable.
  const changed = (key: string) => existing?.properties[key] !== (completed as Resource["properties"])[key];
  if (existing && ["image", "condaFile", "dataUri", "dataType"].some(changed)) throw conflict(call, kind);
  if ("autoDeleteSetting" in properties && properties.autoDeleteSetting) {
    throw badRequest("AutoDeleteSetting is only supported for assets in managed datastore.", {
      inner: ["BadArgument", "ArgumentInvalid", "AutoDeleteSettingOnlySupportedForManagedDatastore"],
    });
  }
  const resource = putResource(call.world, {
    id: versionId(call, kind),
    name: call.names.version!,
    type: `Microsoft.MachineLearningServices/workspaces/${kind}/versions`,
    properties: completed,
    systemData: existing === undefined ? created(call, kind) : changedNow(call.world, existing.systemData),
  });
  return jsonAnswer(shown(call, kind, resource), 201, { location: call.request.url });
}

/** Azure ML names nobody for the last change of a data asset that was never changed. */
function created({ world }: WorkspaceCall, kind: Kind): Resource["systemData"] {
  const { lastModifiedBy, lastModifiedByType, ...made } = systemData(world);
  return kind === "data" ? made : { ...made, lastModifiedBy, lastModifiedByType };
}

function conflict({ names }: WorkspaceCall, kind: Kind): Refusal {
  // azure-ai-ml 1.35 expects these words (`ASSET_PATH_ERROR`).
  if (kind === "data") return badRequest("Asset paths cannot be updated.");
  return new Refusal(
    `Version ${names.version} of ${names.name} in ${kind} already exists and is not the same; choose another version.`,
    { status: 409, code: "UserError" },
  );
}

/** Assets that have versions. */
type VersionedKind = "codes" | "components" | "data" | "environments";

/** The id of the version of an asset that a request names. */
export function versionId({ workspace, names }: WorkspaceCall, kind: VersionedKind): string {
  return `${workspace.id}/${kind}/${names.name}/versions/${names.version}`;
}

/** The version of an asset that a request names; `undefined` if there is none. */
export function findVersion(call: WorkspaceCall, kind: VersionedKind): Resource | undefined {
  return findResource(call.world, versionId(call, kind));
}

/** All versions of the asset that a request names, oldest first. */
export function versionsOf(
  { world, workspace, names }: WorkspaceCall,
  kind: VersionedKind,
): readonly Resource[] {
  const start = `${workspace.id}/${kind}/${names.name}/versions/`.toLowerCase();
  return workspaceResources(world, workspace, `${kind}/versions`).filter(({ id }) =>
    id.toLowerCase().startsWith(start)
  );
}

/** The names of a workspace's assets of a kind. */
export function assetNames({ world, workspace }: WorkspaceCall, kind: VersionedKind): readonly string[] {
  const versions = workspaceResources(world, workspace, `${kind}/versions`);
  return [...new Set(versions.map(({ id }) => id.split("/").at(-3)!))];
}

/** Whether a list shows a resource, as its parameter `listViewType` says (default: only what is not archived). */
export function isInView({ query }: WorkspaceCall): (resource: Resource) => boolean {
  const view = query.get("listViewType") ?? "ActiveOnly";
  if (!["ActiveOnly", "ArchivedOnly", "All"].includes(view)) {
    throw badRequest(`The value '${view}' of listViewType is not one of ActiveOnly, ArchivedOnly, All.`);
  }
  return ({ properties }) => view === "All" || (properties.isArchived === true) === (view === "ArchivedOnly");
}

/** Whether an asset was archived with all its versions. */
export function isArchivedContainer({ archived }: World, id: string): boolean {
  return archived.has(id.toLowerCase());
}

/** Archives or restores an asset with all its versions. */
export function archiveRoute(kind: VersionedKind, container: (call: WorkspaceCall) => Resource): Route {
  return route(`PUT ${kind}/{name}`, `${kind}/write`, (call) => {
    const { id } = container(call);
    const { properties } = (call.body ?? {}) as { readonly properties?: { readonly isArchived?: unknown } };
    if (properties?.isArchived === true) call.world.archived.set(id.toLowerCase(), true);
    else call.world.archived.delete(id.toLowerCase());
    return jsonAnswer(container(call));
  });
}
