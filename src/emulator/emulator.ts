import { blobs } from "./blob_service.ts";
import { jobResource } from "./jobs/job_resource.ts";
import { createWorld, jobKey, type JobRecord, locate, putRecord, type World } from "./state/world.ts";
import { metadata } from "./arm/workspaces.ts";
import type { EmulatorOptions } from "./state/options.ts";
import { seedResources } from "./state/seed.ts";
import { Refusal, refused, UNKNOWN_ROUTE, withIds } from "./http/refusal.ts";
import { resourceManager, withArmHeaders } from "./resource_manager.ts";
import { runHistory } from "./jobs/run_history.ts";
import { tracking } from "./jobs/mlflow.ts";
import { createRunner, type RunnerOptions } from "./runner/runner.ts";
import type { StepMachine } from "./runner/programs.ts";
import { bearerOf, entra, issueToken } from "./http/entra.ts";

export type Emulator = ReturnType<typeof createEmulator>;

export interface CreateOptions extends EmulatorOptions {
  /** Runs the steps of jobs on this machine (default: they are simulated). */
  readonly run?: RunnerOptions & { readonly machine: StepMachine };
}

/** Creates an emulator that has only the resources of `options.seed`. */
export function createEmulator(options: CreateOptions) {
  const world = createWorld(options);
  seedResources(world, options.seed ?? {});
  if (options.run !== undefined) world.runner = createRunner(world, options.run.machine, options.run);
  resumeJobs(world);
  return {
    identity: world.identity,
    /** Issues a token without a sign-in. */
    issueToken: (audience: string, options?: Parameters<typeof issueToken>[2]) =>
      issueToken(world, audience, options),
    async fetch(request: Request) {
      request.signal.throwIfAborted();
      const response = await dispatch(world, request);
      await world.flush();
      return withIds(world, request, response);
    },
    /** Whether a request has a token or a SAS that was issued here. */
    knows: ({ headers, url }: Request) =>
      world.tokens.has(bearerOf(headers.get("authorization") ?? "")) ||
      world.grants.has(new URL(url).searchParams.get("sig") ?? ""),
    /** Stops running steps, and resolves once they have ended and the state is saved. */
    async close() {
      await world.runner?.close();
      await world.flush();
    },
    workspaces: () => world.workspaces.map(({ name }) => name),
    /** All resources of a kind, such as `jobs` or `codes/versions`, in every workspace. */
    resources(kind: string) {
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

function endJob(world: World, job: JobRecord): void {
  const endedAt = world.clock.now().getTime();
  const end = job.cancelAskedAt === undefined
    ? {
      endedAt,
      end: "Failed" as const,
      error: "kedro-azureml ended before the step did: it was stopped or killed, or this machine stopped",
    }
    : { endedAt, end: "Canceled" as const };
  const steps = Object.fromEntries(
    Object.entries(job.execution!.steps).map(([step, one]) => [
      step,
      one.end === undefined ? { ...one, ...end } : one,
    ]),
  );
  putRecord(world, { ...job, execution: { steps, endedAt, end: end.end } });
}

async function dispatch(world: World, request: Request): Promise<Response> {
  const place = locate(new URL(request.url), world.workspaces.map(({ account }) => account));
  const response = await answerAt(world, request, place);
  if (place?.service === "resourceManager") withArmHeaders(world, response);
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
        return await resourceManager(world, request, place.path);
      case "api":
        return await (place.path.startsWith("/mlflow/") ? tracking : runHistory)(world, request, place.path);
      case "blob":
        return await blobs(world, request, place.account, place.path);
      default:
        throw UNKNOWN_ROUTE.host(pathname);
    }
  } catch (thrown) {
    if (thrown instanceof Refusal) return refused(world, thrown);
    throw thrown;
  }
}
