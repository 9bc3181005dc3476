import { ANONYMOUS } from "../../core/azure_limits.ts";
import { badRequest, checkBody, jsonAnswer, notFound, type Refusal, type Shape } from "../http/refusal.ts";
import { answerPage, type Route, route, type WorkspaceCall } from "../http/routes.ts";
import {
  changedNow,
  findResource,
  putResource,
  type Resource,
  systemData,
  workspaceResources,
} from "../state/world.ts";

/** A resource without what its address says. */
type Completed = Pick<Resource, "properties"> & Partial<Resource>;

/** What distinguishes a kind of resources of a workspace: a row of the table in `kinds.ts`. */
export interface Kind<Sent = unknown> {
  readonly path: string;
  readonly isVersioned: boolean;
  readonly noun: string;
  readonly shape: Shape<Sent>;
  /** What Azure ML makes of a body; `before` itself if nothing changes. @throws {Refusal} for what may not change. */
  complete(call: WorkspaceCall, sent: Sent, before: Resource | undefined): Completed;
  /** Why there is no such resource (default: the noun and the names). */
  missing?(call: WorkspaceCall): Refusal;
  /** Creates the resource that a request names if the emulator accepts any. */
  provide?(call: WorkspaceCall): void;
  /** A resource as it is now. */
  shown?(call: WorkspaceCall, resource: Resource): Resource;
  /** The resources in a list, as its query says. */
  listed?(call: WorkspaceCall, all: readonly Resource[]): readonly Resource[];
  /** The answer to a PUT (default: the resource). */
  answer?(call: WorkspaceCall, stored: Resource, before: Resource | undefined): Response;
  /** Answers a DELETE; absent if resources of this kind cannot be deleted. */
  remove?(call: WorkspaceCall, resource: Resource): Response;
  /** The properties of an asset, which is listed with its versions below it; absent if assets are not listed. */
  container?(call: WorkspaceCall, versions: readonly Resource[], isArchived: boolean): Resource["properties"];
}

export function routesOf<Sent>(kind: Kind<Sent>): readonly Route[] {
  const { path, isVersioned, remove } = kind;
  const all = isVersioned ? `${path}/{name}/versions` : path;
  const one = isVersioned ? `${all}/{version}` : `${path}/{name}`;
  return [
    ...containerRoutes(kind),
    route(`GET ${all}`, (call) => answerPage(call, list(call, kind))),
    route(`GET ${one}`, (call) => jsonAnswer(existing(call, kind))),
    route(`PUT ${one}`, (call) => put(call, kind)),
    ...remove === undefined ? [] : [
      route(`DELETE ${one}`, (call) => {
        const resource = existing(call, kind);
        call.world.resources.delete(resource.id.toLowerCase());
        return remove(call, resource);
      }),
    ],
  ];
}

/** The resource that a request names. @throws {Refusal} if there is none. */
export function existing<Sent>(call: WorkspaceCall, kind: Kind<Sent>): Resource {
  kind.provide?.(call);
  const resource = findResource(call.world, idOf(call, kind));
  if (resource !== undefined) return shown(call, kind, resource);
  throw kind.missing?.(call) ?? notFound(`${kind.noun} ${call.names.name}:${call.names.version}`);
}

function idOf(
  { workspace, names }: WorkspaceCall,
  { path, isVersioned }: Pick<Kind, "path" | "isVersioned">,
) {
  const id = `${workspace.id}/${path}/${names.name}`;
  return isVersioned ? `${id}/versions/${names.version}` : id;
}

function list<Sent>(call: WorkspaceCall, kind: Kind<Sent>): readonly Resource[] {
  const { world, workspace } = call;
  const all = kind.isVersioned
    ? providedVersions(call, kind)
    : workspaceResources(world, workspace, kind.path);
  const listed = kind.listed?.(call, all) ?? all;
  return listed.map((resource) => shown(call, kind, resource));
}

/** A resource as it is now, with the properties that it has in the request's api-version. */
function shown<Sent>(call: WorkspaceCall, kind: Kind<Sent>, resource: Resource): Resource {
  const now = kind.shown?.(call, resource) ?? resource;
  if (!kind.isVersioned || call.query.get("api-version")!.endsWith("-preview")) return now;
  const { autoDeleteSetting: _, intellectualProperty: __, stage, ...properties } = now.properties;
  return { ...now, properties: kind.path === "environments" ? { ...properties, stage } : properties };
}

function put<Sent>(call: WorkspaceCall, kind: Kind<Sent>): Response {
  const { world, names, request } = call;
  const sent = checkBody(kind.shape, call.body);
  const id = idOf(call, kind);
  const found = findResource(world, id);
  const before = found !== undefined && isMadeOnDemand(call, found) ? undefined : found;
  const completed = kind.complete(call, sent, before);
  if (completed === before) return jsonAnswer(before);
  const changed = before === undefined ? systemData(world) : changedNow(world, before.systemData);
  const stored = putResource(world, {
    id,
    name: kind.isVersioned ? names.version! : names.name!,
    type: `Microsoft.MachineLearningServices/workspaces/${kind.path}${kind.isVersioned ? "/versions" : ""}`,
    ...completed,
    ...(!("systemData" in completed) && { systemData: changed }),
  });
  if (kind.answer !== undefined) return kind.answer(call, stored, before);
  const body = shown(call, kind, stored);
  const isNew = before === undefined || kind.isVersioned;
  return isNew ? jsonAnswer(body, 201, { location: request.url }) : jsonAnswer(body);
}

/** Whether a version of a data asset was only made because it was asked for, so that a real one takes its place. */
export function isMadeOnDemand({ world, names }: WorkspaceCall, { name, properties }: Resource): boolean {
  return world.dataOnDemand &&
    String(properties.dataUri).endsWith(`/datastores/workspaceblobstore/paths/${names.name}/${name}/`);
}

function providedVersions(call: WorkspaceCall, kind: Pick<Kind, "path" | "provide">): readonly Resource[] {
  const versions = versionsOf(call, kind.path);
  if (versions.length > 0 || kind.provide === undefined) return versions;
  kind.provide(call);
  return versionsOf(call, kind.path);
}

/** Routes of assets without their versions: they are listed, read, and archived with all their versions. */
export function containerRoutes(
  kind: Pick<Kind, "path" | "noun" | "provide" | "container">,
): readonly Route[] {
  const { path, noun, container } = kind;
  if (container === undefined) return [];
  const one = (call: WorkspaceCall): Resource => {
    const { workspace, world, names: { name } } = call;
    const id = `${workspace.id}/${path}/${name}`;
    const versions = providedVersions(call, kind);
    if (versions.length === 0) throw notFound(`${noun} ${name}`);
    return {
      id,
      name: name!,
      type: `Microsoft.MachineLearningServices/workspaces/${path}`,
      properties: container(call, versions, world.archived.has(id.toLowerCase())),
      systemData: versions.at(-1)!.systemData,
    };
  };
  const all = (call: WorkspaceCall) => {
    const versions = workspaceResources(call.world, call.workspace, `${path}/versions`);
    const names = new Set(versions.map(({ id }) => id.split("/").at(-3)!));
    names.delete(ANONYMOUS);
    return [...names].map((name) => one({ ...call, names: { name } }));
  };
  return [
    route(`GET ${path}`, (call) => answerPage(call, all(call).filter(isInView(call)))),
    route(`GET ${path}/{name}`, (call) => jsonAnswer(one(call))),
    route(`PUT ${path}/{name}`, (call) => {
      const { id } = one(call);
      const { properties } = (call.body ?? {}) as { readonly properties?: { readonly isArchived?: unknown } };
      if (properties?.isArchived === true) call.world.archived.set(id.toLowerCase(), true);
      else call.world.archived.delete(id.toLowerCase());
      return jsonAnswer(one(call));
    }),
  ];
}

/** All versions of the asset that a request names, oldest first. */
export function versionsOf({ world, workspace, names }: WorkspaceCall, path: string): readonly Resource[] {
  const start = `${workspace.id}/${path}/${names.name}/versions/`.toLowerCase();
  return workspaceResources(world, workspace, `${path}/versions`).filter(({ id }) =>
    id.toLowerCase().startsWith(start)
  );
}

/** Whether a list shows a resource, as its parameter `listViewType` says (default: only what is not archived). */
export function isInView({ query }: WorkspaceCall): (resource: Resource) => boolean {
  const view = query.get("listViewType") ?? "ActiveOnly";
  if (!["ActiveOnly", "ArchivedOnly", "All"].includes(view)) {
    throw badRequest(`The value '${view}' of listViewType is not one of ActiveOnly, ArchivedOnly, All.`);
  }
  return ({ properties }) => view === "All" || (properties.isArchived === true) === (view === "ArchivedOnly");
}
