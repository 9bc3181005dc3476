import type { Route, WorkspaceCall } from "../world/call.ts";
import { answerPage } from "../world/pages.ts";
import { badRequest, jsonAnswer, notFound, Refusal } from "../world/refusal.ts";
import { checkBody } from "../check/check_shape.ts";
import { shapes } from "../check/shapes.ts";
import { dataProperties, environmentProperties } from "../world/asset_properties.ts";
import { seedComputes, seedData, seedEnvironments } from "../world/seed.ts";
import { findResource, putResource, type Resource, systemData, workspaceResources } from "../world/world.ts";

type Kind = "environments" | "data";

/** Routes of computes (read-only) and of versioned assets: environments and data. */
export const assetRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "computes",
    action: "computes/read",
    handle: (call) => answerPage(call, workspaceResources(call.world, call.workspace, "computes")),
  },
  {
    method: "GET",
    path: "computes/{name}",
    action: "computes/read",
    handle: readCompute,
  },
  ...versioned("environments"),
  ...versioned("data"),
];

function versioned(kind: Kind): readonly Route[] {
  return [
    { method: "GET", path: kind, action: `${kind}/read`, handle: (call) => containers(call, kind) },
    {
      method: "GET",
      path: `${kind}/{name}`,
      action: `${kind}/read`,
      handle: (call) => jsonAnswer(container(call, kind)),
    },
    {
      method: "GET",
      path: `${kind}/{name}/versions`,
      action: `${kind}/versions/read`,
      handle: (call) => listVersions(call, kind),
    },
    {
      method: "GET",
      path: `${kind}/{name}/versions/{version}`,
      action: `${kind}/versions/read`,
      handle: (call) => readVersion(call, kind),
    },
    {
      method: "PUT",
      path: `${kind}/{name}/versions/{version}`,
      action: `${kind}/versions/write`,
      handle: (call) => write(call, kind),
    },
  ];
}

function readCompute(call: WorkspaceCall): Response {
  const { world, workspace, names } = call;
  if (world.acceptAny) seedComputes(world, workspace, [names.name!]);
  const found = findResource(world, `${workspace.id}/computes/${names.name}`);
  if (found !== undefined) return jsonAnswer(found);
  throw new Refusal(`Compute ${names.name} not found`, { status: 404, code: "NotFound", body: null });
}

/** Creates the requested asset if the emulator accepts any. */
function provide({ world, workspace, names }: WorkspaceCall, kind: Kind): void {
  const { name, version = "1" } = names;
  const seeds = [{ name: name!, versions: [version] }];
  if (kind === "data" && world.dataOnDemand) seedData(world, workspace, seeds);
  if (kind === "environments" && world.acceptAny) seedEnvironments(world, workspace, seeds);
}

function readVersion(call: WorkspaceCall, kind: Kind): Response {
  const { name, version } = call.names;
  const id = `${call.workspace.id}/${kind}/${name}/versions/${version}`;
  if (findResource(call.world, id) === undefined) provide(call, kind);
  const found = findResource(call.world, id);
  if (found === undefined) throw notFound(`${NOUNS[kind]} ${name}:${version}`);
  return jsonAnswer(found);
}

const NOUNS: Readonly<Record<Kind, string>> = { environments: "Environment", data: "Data" };

function versionsOf(call: WorkspaceCall, kind: Kind, name: string): readonly Resource[] {
  const found = presentVersions(call, kind, name);
  if (found.length > 0) return found;
  provide(call, kind);
  return presentVersions(call, kind, name);
}

function presentVersions({ world, workspace }: WorkspaceCall, kind: Kind, name: string): readonly Resource[] {
  const start = `${workspace.id}/${kind}/${name}/versions/`.toLowerCase();
  return workspaceResources(world, workspace, `${kind}/versions`).filter((one) =>
    one.id.toLowerCase().startsWith(start)
  );
}

function listVersions(call: WorkspaceCall, kind: Kind): Response {
  const versions = versionsOf(call, kind, call.names.name!);
  if (versions.length === 0) throw notFound(`${NOUNS[kind]} ${call.names.name}`);
  const order = (call.query.get("$orderBy") ?? "createdtime desc").toLowerCase();
  if (!/^(createdtime|modifiedtime) (asc|desc)$/.test(order)) {
    throw badRequest(`The order '${order}' is not supported.`);
  }
  return answerPage(call, order.endsWith("desc") ? versions.toReversed() : versions);
}

function containers(call: WorkspaceCall, kind: Kind): Response {
  const names = new Set(workspaceResources(call.world, call.workspace, `${kind}/versions`).map(nameOf));
  return answerPage(call, [...names].map((name) => container({ ...call, names: { name } }, kind)));
}

function nameOf(version: Resource): string {
  return version.id.split("/").at(-3)!;
}

function container(call: WorkspaceCall, kind: Kind): Resource {
  const name = call.names.name!;
  const versions = versionsOf(call, kind, name);
  const latest = versions.at(-1);
  if (latest === undefined) throw notFound(`${NOUNS[kind]} ${name}`);
  const highest = Math.max(0, ...versions.map((one) => Number(one.name)).filter(Number.isInteger));
  return {
    id: `${call.workspace.id}/${kind}/${name}`,
    name,
    type: `Microsoft.MachineLearningServices/workspaces/${kind}`,
    properties: {
      description: null,
      tags: null,
      properties: null,
      isArchived: false,
      latestVersion: latest.name,
      nextVersion: String(highest + 1),
      ...(kind === "data" && { dataType: latest.properties.dataType }),
    },
    systemData: latest.systemData,
  };
}

function write(call: WorkspaceCall, kind: Kind): Response {
  const { name, version } = call.names;
  const id = `${call.workspace.id}/${kind}/${name}/versions/${version}`;
  const shape = kind === "environments" ? shapes.environmentVersion : shapes.dataVersion;
  const { properties } = checkBody(shape, call.body);
  const existing = findResource(call.world, id);
  const completed = kind === "environments"
    ? environmentProperties(properties)
    : dataProperties(call.workspace, properties);
  if (existing !== undefined && isOther(existing.properties, completed)) throw conflict(call, kind);
  const resource = putResource(call.world, {
    id,
    name: version!,
    type: `Microsoft.MachineLearningServices/workspaces/${kind}/versions`,
    properties: completed,
    systemData: existing?.systemData ?? systemData(call.world),
  });
  return jsonAnswer(resource, 201, { location: call.request.url });
}

/** Whether properties other than the description differ; those are immutable. */
function isOther(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): boolean {
  return ["image", "condaFile", "dataUri", "dataType"].some((key) => before[key] !== after[key]);
}

function conflict({ names }: WorkspaceCall, kind: Kind): Refusal {
  return new Refusal(
    `Version ${names.version} of ${names.name} in ${kind} already exists and is not the same; choose another version.`,
    { status: 409, code: "UserError" },
  );
}
