import { blobs } from "./blobs/blobs.ts";
import { entra } from "./entra/entra.ts";
import { createFaults } from "./faults.ts";
import { statusOf } from "./jobs/state.ts";
import { jobResource } from "./jobs/jobs.ts";
import { locate } from "./world/links.ts";
import { pages } from "./page/pages.ts";
import { metadata } from "./arm/metadata.ts";
import type { EmulatorOptions } from "./world/options.ts";
import { seedResources } from "./world/seed.ts";
import { type RecordedRequest, recordRequest } from "./world/record.ts";
import { Refusal, refused } from "./world/refusal.ts";
import { resourceManager } from "./arm/resource_manager.ts";
import { runHistory } from "./jobs/run_history.ts";
import { issueToken } from "./entra/tokens.ts";
import { createWorld, type Resource, type ServicePrincipal, type World } from "./world/world.ts";

export type { EmulatorOptions, RecordedRequest };

/** A local Azure Machine Learning. */
export interface Emulator {
  /** Answers one request, as Azure's hosts do. @throws {TypeError} where a fault cuts the connection. */
  fetch(request: Request): Promise<Response>;
  /** What was asked, in the order of the answers; the last 10 000. */
  readonly requests: readonly RecordedRequest[];
  /** Who may sign in. */
  readonly identity: ServicePrincipal;
  /** A token that is accepted, for other ways to sign in; over already when the lifetime is not above 0. */
  issueToken(audience: string, lifetimeSeconds?: number): string;
  /** Refuses every refresh token from now on, with this AADSTS code, such as 700082 or 50173. */
  endSignIns(code: number): void;
  /** All resources of a kind, such as `jobs` or `codes/versions`, in every workspace. */
  resources(kind: string): readonly Resource[];
  /** The status of a job now; `undefined` when there is none of that name. */
  jobStatus(name: string): string | undefined;
  /** The blobs that are there, by `account/container/name`, with their size. */
  blobs(): ReadonlyMap<string, number>;
}

const REMEMBERED = 10_000;

/** Makes an emulator with nothing in it but what `options.seed` names; it refuses what Azure refuses. */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const world = createWorld(options);
  seedResources(world, options.seed ?? {});
  const withFaults = createFaults(world, options.faults ?? []);
  const requests: RecordedRequest[] = [];
  return {
    requests,
    identity: world.identity,
    issueToken: (audience, lifetimeSeconds) => issueToken(world, audience, lifetimeSeconds),
    async fetch(request) {
      request.signal.throwIfAborted();
      const shown = options.page && await pages(world, request, options.page);
      if (shown) return shown;
      const bytes = new Uint8Array(await request.arrayBuffer());
      const described = recordRequest(request, bytes);
      let status: number | undefined;
      try {
        const answer = await withFaults(request, () => dispatch(world, copy(request, bytes)));
        status = answer.status;
        return withIds(world, request, answer);
      } finally {
        requests.push({ ...described, status });
        if (requests.length > REMEMBERED) requests.shift();
      }
    },
    endSignIns: (code) => void (world.people.endedBy = code),
    resources(kind) {
      const type = `Microsoft.MachineLearningServices/workspaces/${kind}`;
      const found = [...world.resources.values()].filter((one) => one.type === type);
      return kind === "jobs" ? found.map((job) => jobResource(world, job)) : found;
    },
    jobStatus(name) {
      const job = [...world.jobs.values()].find((one) => one.name === name);
      return job && statusOf(world, job);
    },
    blobs: () =>
      new Map(
        [...world.containers].flatMap(([container, { blobs }]) =>
          [...blobs].filter(([, blob]) => !blob.isUncommitted).map((
            [name, blob],
          ) => [`${container}/${name}`, blob.sizeBytes] as const)
        ),
      ),
  };
}

function copy(request: Request, bytes: Uint8Array<ArrayBuffer>): Request {
  const { method, headers } = request;
  return new Request(request.url, { method, headers, ...(bytes.length > 0 && { body: bytes }) });
}

async function dispatch(world: World, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const place = locate(url, world.workspaces.map(({ account }) => account));
  try {
    switch (place?.service) {
      case "entra":
        return await entra(world, request, place.path);
      case "metadata":
        return metadata(world, url.searchParams);
      case "resourceManager":
        return await resourceManager(world, request, place.path);
      case "api":
        return await runHistory(world, request, place.path);
      case "blob":
        return await blobs(world, request, place.account, place.path);
      default:
        throw new Refusal(`The emulator has nothing at ${url.pathname}`, { status: 404, code: "NotFound" });
    }
  } catch (thrown) {
    if (thrown instanceof Refusal) return refused(thrown);
    throw thrown;
  }
}

function withIds(world: World, request: Request, answer: Response): Response {
  if (answer.headers.has("via")) return answer;
  const id = request.headers.get("x-ms-client-request-id");
  if (id !== null) answer.headers.set("x-ms-client-request-id", id);
  if (!answer.headers.has("date")) answer.headers.set("date", world.clock.now().toUTCString());
  if (!answer.headers.has("x-ms-request-id")) answer.headers.set("x-ms-request-id", world.random.uuid());
  return answer;
}
