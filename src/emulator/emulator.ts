import { blobStorage } from "./blobs.ts";
import { entra } from "./entra.ts";
import { createFaultInjector } from "./faults.ts";
import { api } from "./history.ts";
import { locate } from "./links.ts";
import { view } from "./jobs.ts";
import { metadata } from "./metadata.ts";
import type { EmulatorOptions } from "./options.ts";
import { describeExchange, type Exchange } from "./recorder.ts";
import { json, Refusal, refused } from "./refusal.ts";
import { resourceManager } from "./resource_manager.ts";
import { issueToken } from "./tokens.ts";
import { type Blob, createWorld, type Identity, type Resource, type World } from "./world.ts";

/** A local Azure ML: Entra ID, Resource Manager, run history and blob storage in one function. */
export interface Emulator {
  /** Answers as Azure would; throws `TypeError` where a fault cuts the connection. */
  fetch(request: Request): Promise<Response>;
  /** What was asked so far, in the order of the answers. */
  readonly requests: readonly Exchange[];
  /** Who may sign in. */
  readonly identity: Identity;
  /** A token that is accepted, for other ways to sign in; one that is over already where the lifetime is negative. */
  issueToken(audience: string, lifetimeSeconds?: number): string;
  /** Resources of a kind, such as `jobs`, `schedules`, `codes/versions` or `components/versions`; from the oldest. */
  resources(kind: string): readonly Resource[];
  /** Every blob that is complete, by `account/container/name`. */
  blobs(): ReadonlyMap<string, Blob>;
}

/** Makes an emulator with a world of its own. */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const world = createWorld(options);
  const withFaults = createFaultInjector(world, options.faults ?? []);
  const requests: Exchange[] = [];
  return {
    requests,
    identity: world.identity,
    issueToken: (audience, lifetimeSeconds) => issueToken(world, audience, lifetimeSeconds),
    resources: (kind) => resourcesOf(world, kind),
    blobs: () => blobsOf(world),
    async fetch(request) {
      request.signal.throwIfAborted();
      const content = new Uint8Array(await request.clone().arrayBuffer());
      let status: number | undefined;
      try {
        const answer = await withFaults(request, () => dispatch(world, request));
        answer.headers.set("x-ms-request-id", world.random.uuid());
        status = answer.status;
        return request.method === "HEAD" ? new Response(null, answer) : answer;
      } finally {
        requests.push(describeExchange(request, content, status));
      }
    },
  };
}

async function dispatch(world: World, request: Request): Promise<Response> {
  try {
    return await route(world, request);
  } catch (thrown) {
    if (thrown instanceof Refusal) return refused(thrown);
    throw thrown;
  }
}

async function route(world: World, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const place = locate(url, world.workspaces.map((one) => one.account));
  switch (place?.service) {
    case "metadata":
      return metadata(world, url.searchParams);
    case "entra":
      return await entra(world, request, place.path);
    case "resourceManager":
      return await resourceManager(world, request, place.path);
    case "api":
      return await api(world, request, place.path);
    case "blob":
      return await blobStorage(world, request, place);
    default:
      return json(
        { error: { code: "NotFound", message: `The emulator serves nothing at ${url.pathname}` } },
        404,
      );
  }
}

function resourcesOf(world: World, kind: string): readonly Resource[] {
  const type = `Microsoft.MachineLearningServices/workspaces/${kind}`;
  const found = [...world.resources.values()].filter((one) => one.type === type);
  return kind === "jobs" ? found.map((job) => view(world, job)) : found;
}

function blobsOf(world: World): ReadonlyMap<string, Blob> {
  const entries = [...world.containers].flatMap(([container, { blobs }]) =>
    [...blobs].filter(([, blob]) => !blob.isUncommitted).map(([name, blob]) =>
      [`${container}/${name}`, blob] as const
    )
  );
  return new Map(entries);
}
