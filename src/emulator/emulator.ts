import { blobs } from "./blob_service.ts";
import { entra } from "./entra/entra.ts";
import { createFaults } from "./faults.ts";
import { jobResource } from "./jobs/job_resource.ts";
import { locate } from "./state/world.ts";
import { metadata } from "./arm/workspaces.ts";
import type { EmulatorOptions } from "./state/options.ts";
import { seedResources } from "./state/seed.ts";
import { Refusal, refused } from "./http/refusal.ts";
import { serviceTimeMs } from "./http/service_times.ts";
import { resourceManager, withArmHeaders } from "./resource_manager.ts";
import { runHistory } from "./jobs/run_history.ts";
import { tracking } from "./jobs/mlflow.ts";
import { createRunner, type RunnerOptions } from "./runner/runner.ts";
import type { StepMachine } from "./runner/programs.ts";
import { bearerOf, issueToken } from "./entra/tokens.ts";
import { createWorld } from "./http/create_world.ts";
import {
  jobKey,
  type JobRecord,
  putRecord,
  type Resource,
  type ServicePrincipal,
  type World,
} from "./state/world.ts";

/** A local emulation of Azure Machine Learning. */
export interface Emulator {
  /** Answers a request to any of Azure's hosts. @throws {TypeError} if a fault cuts the connection. */
  fetch(request: Request): Promise<Response>;
  /**
   * Answers a request as {@linkcode fetch} does, but to somebody who may do everything: without faults, delay, denied
   * actions or private endpoints.
   */
  inspect(request: Request): Promise<Response>;
  /** Whether a request has a token or a SAS that was issued here. */
  knows(request: Request): boolean;
  /** The service principal that can sign in. */
  readonly identity: ServicePrincipal;
  /** Issues a token without a sign-in; already expired if the lifetime is 0 or less. */
  issueToken(audience: string, lifetimeSeconds?: number): string;
  /** Makes all refresh tokens fail with an AADSTS code such as 700082 or 50173. */
  endSignIns(code: number): void;
  /** All resources of a kind, such as `jobs` or `codes/versions`, in every workspace. */
  resources(kind: string): readonly Resource[];
  /** Names of all workspaces. */
  workspaces(): readonly string[];
  /** Stops running steps, and resolves once they have ended and the state is saved. */
  close(): Promise<void>;
}

/** Options of {@linkcode createEmulator}. */
export interface CreateOptions extends EmulatorOptions {
  /** Runs the steps of jobs on this machine (default: they are simulated). */
  readonly run?: RunnerOptions & { readonly machine: StepMachine };
}

/** Creates an emulator that has only the resources of `options.seed`. */
export function createEmulator(options: CreateOptions): Emulator {
  const world = createWorld(options);
  seedResources(world, options.seed ?? {});
  if (options.run !== undefined) world.runner = createRunner(world, options.run.machine, options.run);
  resumeJobs(world);
  const withFaults = createFaults(world, options.faults ?? []);
  const open: World = { ...world, deniedActions: [], isPrivate: false };
  return {
    identity: world.identity,
    issueToken: (audience, lifetimeSeconds) => issueToken(world, audience, lifetimeSeconds),
    async fetch(request) {
      request.signal.throwIfAborted();
      if (options.latencyMs !== undefined) await world.clock.sleep(options.latencyMs);
      const bytes = new Uint8Array(await request.arrayBuffer());
      const response = await withFaults(request, () => dispatch(world, copy(request, bytes)));
      await world.flush();
      return withIds(world, request, response);
    },
    inspect: (request) => dispatch(open, request),
    knows: ({ headers, url }) =>
      world.tokens.has(bearerOf(headers.get("authorization") ?? "")) ||
      world.grants.has(new URL(url).searchParams.get("sig") ?? ""),
    async close() {
      await world.runner?.close();
      await world.flush();
    },
    workspaces: () => world.workspaces.map(({ name }) => name),
    endSignIns: (code) => void (world.people.rejectRefreshTokensWith = code),
    resources(kind) {
      const type = `Microsoft.MachineLearningServices/workspaces/${kind}`;
      const ofType = [...world.resources.values()].filter((resource) => resource.type === type);
      return kind === "jobs" ? ofType.map((job) => jobResource(world, job)) : ofType;
    },
  };
}

/** Resumes jobs that an earlier emulator with this state left running; completed steps do not run again. */
function resumeJobs(world: World): void {
  for (const job of [...world.jobs.values()]) {
    if (job.execution === undefined || job.execution.endedAt !== undefined) continue;
    if (world.runner === undefined || job.cancelAskedAt !== undefined) endJob(world, job);
    else world.runner.start(jobKey(job));
  }
}

/** Cancels a job that cannot be resumed. */
function endJob(world: World, job: JobRecord): void {
  const endedAt = world.clock.now().getTime();
  const steps = Object.fromEntries(
    Object.entries(job.execution!.steps).map(([step, one]) => [
      step,
      one.end === undefined ? { ...one, endedAt, end: "Canceled" as const } : one,
    ]),
  );
  putRecord(world, { ...job, execution: { steps, endedAt, end: "Canceled" } });
}

function copy(request: Request, bytes: Uint8Array<ArrayBuffer>): Request {
  const { method, headers } = request;
  return new Request(request.url, { method, headers, ...(bytes.length > 0 && { body: bytes }) });
}

async function dispatch(world: World, request: Request): Promise<Response> {
  const place = locate(new URL(request.url), world.workspaces.map(({ account }) => account));
  const takesMs = world.serviceTimes ? serviceTimeMs(request.method, place) : 0;
  if (takesMs > 0) await world.clock.sleep(takesMs);
  const response = await answerAt(world, request, place);
  if (place?.service === "resourceManager") withArmHeaders(world, request, response);
  return response;
}

async function answerAt(
  world: World,
  request: Request,
  place: ReturnType<typeof locate>,
): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  try {
    switch (place?.service) {
      case "entra":
        return await entra(world, request, place.path);
      case "metadata":
        return metadata(world, searchParams);
      case "resourceManager":
        world.limits.take(request.method);
        return await resourceManager(world, request, place.path);
      case "api":
        return await (place.path.startsWith("/mlflow/") ? tracking : runHistory)(world, request, place.path);
      case "blob":
        return await blobs(world, request, place.account, place.path);
      default:
        throw new Refusal(`The emulator has nothing at ${pathname}`, { status: 404, code: "NotFound" });
    }
  } catch (thrown) {
    if (thrown instanceof Refusal) return refused(world, thrown);
    throw thrown;
  }
}

function withIds(world: World, request: Request, response: Response): Response {
  if (response.headers.has("via")) return response;
  const id = request.headers.get("x-ms-client-request-id");
  if (id !== null) response.headers.set("x-ms-client-request-id", id);
  response.headers.set("date", world.clock.now().toUTCString());
  if (!response.headers.has("x-ms-request-id")) response.headers.set("x-ms-request-id", world.random.uuid());
  return response;
}
