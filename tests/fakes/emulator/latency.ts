import type { Clock } from "../../../src/core/context.ts";
import { locate } from "../../../src/emulator/state/world.ts";
import type { Middleware } from "./middleware.ts";

/** Waits before each request is answered. */
export function latency({ sleep }: Pick<Clock, "sleep">, ms: number): Middleware {
  return async (request, next) => {
    await sleep(ms);
    return await next(request);
  };
}

/** Waits as long as recorded answers of Azure took. */
export function serviceTimes({ sleep }: Pick<Clock, "sleep">): Middleware {
  return async (request, next) => {
    const ms = serviceTimeMs(request.method, locate(new URL(request.url), ACCOUNTS));
    if (ms > 0) await sleep(ms);
    return await next(request);
  };
}

/** The names of the first storage accounts of an emulator. */
const ACCOUNTS = Array.from({ length: 9 }, (_, index) => `emulatorstore${index + 1}`);

/**
 * Milliseconds that Azure ML needed for requests: medians of `x-request-time` in recordings of 2024 to 2026, by method and
 * path below the workspace. The first pattern that matches counts.
 */
const RECORDED: readonly (readonly [request: RegExp, ms: number])[] = [
  [/^PUT components\//, 1500],
  [/^PUT jobs\//, 1500],
  [/^PUT environments\//, 700],
  [/^PUT (data|datastores)\//, 400],
  [/^PUT codes\//, 250],
  [/^PUT computes\//, 450],
  [/^PUT schedules\//, 500],
  [/\/startPendingUpload$/, 500],
  [/\/listSecrets$/, 130],
  [/^POST jobs\/[^/]+\/cancel$/, 500],
  [/^GET components\/[^/]+\/versions\/azureml_default$/, 3300],
  [/^GET environments\/[^/]+\/versions$/, 400],
  [/^DELETE /, 200],
  [/^GET /, 80],
];

/** Assumed: no recording has the times of sign-ins and of blobs. */
const ASSUMED_MS = { entra: 100, metadata: 50, api: 60, blob: 30, resourceManager: 100 } as const;

/** How long Azure takes to answer a request, apart from the network, in milliseconds. */
export function serviceTimeMs(method: string, place: ReturnType<typeof locate>): number {
  if (place === undefined) return 0;
  if (place.service !== "resourceManager") return ASSUMED_MS[place.service];
  const below = /\/workspaces\/[^/]+\/(.+)$/i.exec(place.path)?.[1];
  const recorded = RECORDED.find(([request]) => request.test(`${method} ${below ?? ""}`));
  return recorded?.[1] ?? ASSUMED_MS.resourceManager;
}
