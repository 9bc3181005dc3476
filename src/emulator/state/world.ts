import type { Random } from "../../core/context.ts";
import { newPageKey } from "../../core/net/cloud_hosts.ts";
import type { EmulatorOptions, Pace, WorkspaceSeed } from "./options.ts";
import {
  BLOBS,
  type Container,
  type JobRunner,
  memoryMaps,
  type StepExecution,
  type Timeline,
} from "./records.ts";

/** All state of one emulator, which its services read and write. */
export interface World
  extends Required<Omit<EmulatorOptions, NotKept | MayBeAbsent>>, Pick<EmulatorOptions, MayBeAbsent> {
  readonly links: ReturnType<typeof createLinks>;
  readonly identity: ServicePrincipal;
  /** Workspaces; with `acceptAny`, more are added on request. */
  readonly workspaces: EmulatedWorkspace[];
  /** By lower-case Resource Manager id. */
  readonly resources: Map<string, Resource>;
  /** By `account/container`. */
  readonly containers: Map<string, Omit<Container, "blobs">>;
  readonly grants: Map<string, Grant>;
  /** By lower-case Resource Manager id. */
  readonly jobs: Map<string, JobRecord>;
  /** The courses of simulated jobs that were asked for, as planning one takes a while. */
  readonly plans: WeakMap<JobRecord, Timeline>;
  readonly operations: Map<string, Operation>;
  /** When the last change to a schedule is done, in milliseconds since 1970, by its id in lower case. */
  readonly schedulesChangeUntil: Map<string, number>;
  /** Secrets of datastores, by id in lower case. */
  readonly datastoreSecrets: Map<string, Readonly<Record<string, unknown>>>;
  /** Assets that are archived with all their versions, by id in lower case. */
  readonly archived: Map<string, true>;
  /** Total size of the blobs kept in memory. */
  readonly kept: { bytes: number };
  /** Runs the steps of jobs; `undefined` if they are simulated. Set once, directly after creation. */
  runner: JobRunner | undefined;
  readonly tokens: Map<string, true>;
  readonly pace: Pace;
  readonly dataOnDemand: boolean;
}

/** Options that only the start of an emulator needs, or that the world has in another form. */
type NotKept = "origin" | "studio" | "seed" | "pace";

type MayBeAbsent = "disk" | "sasLifetimeMs";

export interface ServicePrincipal {
  readonly tenant: string;
  readonly client: string;
  readonly secret: string;
  readonly objectId: string;
}

export interface EmulatedWorkspace {
  readonly id: string;
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly name: string;
  readonly workspaceId: string;
  readonly account: string;
}

/** Durations of simulated jobs unless the options say otherwise, as those of users' emulators do. */
const PACE: Pace = { prepareMs: 2000, stepMs: 3000, parallelSteps: 2, cancelMs: 1000, scheduleMs: 3000 };

/** What holds for an emulator unless its options say otherwise. */
const DEFAULTS = {
  outcome: {},
  acceptAny: false,
  onNotice: () => {},
  flush: () => Promise.resolve(),
};

export function createWorld(options: EmulatorOptions): World {
  const { random } = options;
  const seed = options.seed ?? {};
  const maps = options.maps ?? memoryMaps();
  const facts = maps.of<string>("facts");
  const secret = kept(facts, "secret", seed.secret ?? "emulator-secret");
  return {
    ...DEFAULTS,
    ...options,
    links: createLinks({ ...options, secret }),
    identity: {
      tenant: seed.tenant ?? "00000000-0000-4000-8000-0000000000a1",
      client: seed.client ?? "00000000-0000-4000-8000-0000000000a2",
      secret,
      objectId: "00000000-0000-4000-8000-0000000000a3",
    },
    workspaces: keptWorkspaces(maps.of("workspaces"), random, seed.workspaces ?? []),
    resources: maps.of("resources"),
    containers: maps.of("containers"),
    grants: maps.of("grants"),
    jobs: maps.of("jobs"),
    plans: new WeakMap(),
    operations: maps.of("operations"),
    schedulesChangeUntil: maps.of("schedulesChangeUntil"),
    archived: maps.of("archived"),
    datastoreSecrets: maps.of("datastoreSecrets"),
    maps,
    kept: { bytes: 0 },
    runner: undefined,
    tokens: maps.of("tokens"),
    pace: { ...PACE, ...options.pace },
    dataOnDemand: (seed.dataOnDemand ?? false) || (options.acceptAny ?? false),
  };
}

/** The workspaces of the seed and of the stored state; stored ones keep their ids. */
function keptWorkspaces(
  known: Map<string, EmulatedWorkspace>,
  random: Random,
  seeds: readonly WorkspaceSeed[],
): EmulatedWorkspace[] {
  for (const seed of seeds) knowWorkspace(known, random, seed);
  return [...known.values()];
}

function knowWorkspace(
  known: Map<string, EmulatedWorkspace>,
  random: Random,
  { subscription_id, resource_group, name }: WorkspaceSeed,
): EmulatedWorkspace {
  const id = `/subscriptions/${subscription_id}/resourceGroups/${resource_group}` +
    `/providers/Microsoft.MachineLearningServices/workspaces/${name}`;
  const workspace = known.get(id.toLowerCase()) ?? {
    id,
    subscription: subscription_id,
    resourceGroup: resource_group,
    name,
    workspaceId: random.uuid(),
    account: `emulatorstore${known.size + 1}`,
  };
  known.set(id.toLowerCase(), workspace);
  return workspace;
}

export function addWorkspace(world: World, seed: WorkspaceSeed): EmulatedWorkspace {
  const workspace = knowWorkspace(world.maps.of("workspaces"), world.random, seed);
  world.workspaces.push(workspace);
  return workspace;
}

/** Returns the stored value of a name; if there is none, stores this one. */
function kept(facts: Map<string, string>, name: string, value: string): string {
  const before = facts.get(name);
  if (before === undefined) facts.set(name, value);
  return before ?? value;
}

/** Finds a workspace by its id as a part of a URL, ignoring case. */
export function workspaceWithId({ workspaces }: World, id: string): EmulatedWorkspace | undefined {
  return workspaces.find((workspace) => workspace.id.toLowerCase() === decodeURI(id).toLowerCase());
}

/** A workspace's id as links to Azure ML Studio have it. */
export function studioId({ subscription, resourceGroup, name }: EmulatedWorkspace): string {
  return `/subscriptions/${subscription}/resourcegroups/${resourceGroup}/workspaces/${name}`;
}

export interface Resource {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Absent for computes; a job's says only who created it. */
  readonly systemData?:
    | Pick<SystemData, "createdAt"> & Partial<SystemData>
    | undefined;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Of computes only. */
  readonly identity?: Readonly<Record<string, unknown>>;
}

export interface SystemData {
  readonly createdAt: string;
  readonly createdBy: string;
  readonly createdByType: string;
  readonly lastModifiedAt: string;
  readonly lastModifiedBy: string;
  readonly lastModifiedByType: string;
}

/** A submitted job. If it is simulated, its state at any time follows from this record and the clock. */
export interface JobRecord {
  readonly name: string;
  readonly workspace: EmulatedWorkspace;
  readonly experimentName: string;
  /** Milliseconds since 1970. */
  readonly submittedAt: number;
  readonly needs: ReadonlyMap<string, readonly string[]>;
  readonly schedule: string | undefined;
  /** Errors of steps that cannot run, such as on a compute that does not exist, by step. */
  readonly doomed?: Readonly<Record<string, string>>;
  readonly runIds: ReadonlyMap<string, string>;
  readonly cancelAskedAt: number | undefined;
  /** The state of its steps if they run on this machine; absent if they are simulated. */
  readonly execution?: {
    /** By step key; steps that have not been queued are missing. */
    readonly steps: Readonly<Record<string, StepExecution>>;
    readonly endedAt?: number;
    readonly end?: "Completed" | "Failed" | "Canceled";
  };
}

/** A long-running operation. Times are in milliseconds since 1970. */
interface Operation {
  readonly startedAt: number;
  readonly endsAt: number;
  /** Its state until it has succeeded. */
  readonly state: string;
}

export interface Grant {
  readonly account: string;
  /** Absent for the whole account. */
  readonly container?: string;
  /** Name of the blob; absent for the whole container. */
  readonly blob?: string;
  /** Permission letters, such as `rcwl`. */
  readonly permissions: string;
  readonly expiresAt: Date;
}

/** A time as Azure ML writes it: without trailing zeros, and with an offset. A number is in milliseconds since 1970. */
export function azureTime(time: Date | number): string {
  return new Date(time).toISOString().replace(/\.?0{0,3}Z$/, "+00:00");
}

export function systemData(world: World, createdAt = world.clock.now()): SystemData {
  const [at, by, type] = [azureTime(createdAt), world.identity.client, "Application"];
  return {
    createdAt: at,
    createdBy: by,
    createdByType: type,
    lastModifiedAt: at,
    lastModifiedBy: by,
    lastModifiedByType: type,
  };
}

export function changedNow(world: World, before: Resource["systemData"]): SystemData {
  const { createdAt, createdBy, createdByType, ...changed } = systemData(world);
  return { createdAt, createdBy, createdByType, ...before, ...changed };
}

export function putResource(world: World, resource: Resource): Resource {
  world.resources.set(resource.id.toLowerCase(), resource);
  return resource;
}

export function openContainer(world: World, account: string, name: string): Container {
  const key = `${account}/${name}`;
  if (!world.containers.has(key)) world.containers.set(key, { account, name });
  return { account, name, blobs: world.maps.of(`${BLOBS}${key}`) };
}

export function findContainer(world: World, account: string, name: string): Container | undefined {
  return world.containers.has(`${account}/${name}`) ? openContainer(world, account, name) : undefined;
}

export function jobKey({ workspace, name }: Pick<JobRecord, "workspace" | "name">): string {
  return `${workspace.id}/jobs/${name}`.toLowerCase();
}

export function putRecord(world: World, job: JobRecord): void {
  world.jobs.set(jobKey(job), job);
}

export function jobsIn(world: World, workspace: EmulatedWorkspace): readonly JobRecord[] {
  return [...world.jobs.values()].filter((job) => job.workspace.id === workspace.id);
}

/** Finds a resource by id, ignoring case. */
export function findResource(world: World, id: string): Resource | undefined {
  return world.resources.get(id.toLowerCase());
}

/** All resources of a kind in a workspace, such as `jobs` or `codes/versions`, oldest first. */
export function workspaceResources(
  world: World,
  workspace: Pick<EmulatedWorkspace, "id">,
  kind: string,
): readonly Resource[] {
  const type = `Microsoft.MachineLearningServices/workspaces/${kind}`;
  const start = `${workspace.id}/`.toLowerCase();
  return [...world.resources.values()].filter((resource) =>
    resource.type === type && resource.id.toLowerCase().startsWith(start)
  );
}

/** The service that a URL belongs to, and the path, which is percent-encoded and starts with a slash. */
type ServicePath =
  | { readonly service: "entra" | "metadata" | "resourceManager" | "api"; readonly path: string }
  | { readonly service: "blob"; readonly account: string; readonly path: string };

/** Creates the base URLs: Azure's own, or all at one origin, but for the pages of jobs, which may have their own. */
export function createLinks(
  { origin, studio = origin, secret, random }:
    & Pick<EmulatorOptions, "origin" | "studio" | "random">
    & { readonly secret: string },
) {
  return {
    authority: origin ?? "https://login.microsoftonline.com",
    resourceManager: origin ?? "https://management.azure.com",
    api: origin ?? "https://eastus.api.azureml.ms",
    studio: studio ?? "https://ml.azure.com",
    /** What follows the query of a link to a run: a key for a served emulator's pages. */
    studioKey: () => studio === undefined ? "" : `&key=${newPageKey(secret, studio, random)}`,
    storageEndpoint: origin ? new URL(origin).host : "core.windows.net",
    blob: (account: string) => origin ? `${origin}/${account}` : `https://${account}.blob.core.windows.net`,
  };
}

/** Finds the service of a URL, by host or path; `undefined` if there is none. */
export function locate(url: URL, accounts: readonly string[]): ServicePath | undefined {
  const { hostname, pathname: path } = url;
  if (path === "/metadata/endpoints") return { service: "metadata", path };
  if (hostname.startsWith("login.")) return { service: "entra", path };
  if (hostname.startsWith("management.")) return { service: "resourceManager", path };
  if (hostname.endsWith(".api.azureml.ms")) return { service: "api", path };
  const host = /^([a-z0-9]+)\.blob\./.exec(hostname);
  if (host !== null) return { service: "blob", account: host[1]!, path };
  return locateByPath(path, accounts);
}

function locateByPath(path: string, accounts: readonly string[]): ServicePath | undefined {
  const [first = "", ...rest] = path.slice(1).split("/");
  if (accounts.includes(first)) return { service: "blob", account: first, path: `/${rest.join("/")}` };
  if (/^(subscriptions|tenants|providers)$/i.test(first)) return { service: "resourceManager", path };
  if (/^(data|discovery|environment|history|mlflow)$/i.test(first)) return { service: "api", path };
  if (/\/(oauth2|\.well-known|discovery\/instance)(\/|$)/.test(path)) return { service: "entra", path };
  return undefined;
}
