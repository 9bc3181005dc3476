import { jsonAnswer } from "../../../src/emulator/http/refusal.ts";
import type { Middleware } from "./middleware.ts";

/** A compute in another state than an idle cluster of at most 4 nodes. */
export interface ComputeSeed {
  readonly name: string;
  /** A cluster, unless it is set. */
  readonly kind?: "ComputeInstance";
  readonly maxNodes?: number;
  readonly provisioningState?: "Failed";
  /** Of a compute instance. */
  readonly state?: string;
  /** Error messages by Azure's error code. */
  readonly errors?: Readonly<Record<string, string>>;
}

/** Shows computes in these states. */
export function computeStates(seeds: readonly ComputeSeed[]): Middleware {
  return async (request, next) => {
    const response = await next(request);
    const name = /\/computes\/([^/]+)$/.exec(new URL(request.url).pathname)?.[1];
    const seed = seeds.find((seed) => seed.name === name);
    if (seed === undefined || request.method !== "GET" || !response.ok) return response;
    const { properties, ...compute } = await response.json();
    const { kind = properties.computeType, maxNodes = 4, state, errors = {} } = seed;
    const listed = Object.entries(errors).map(([code, message]) => ({ error: { code, message } }));
    const { vmSize, scaleSettings } = properties.properties;
    const details = kind === "ComputeInstance" ? { vmSize, state, errors: listed } : {
      ...properties.properties,
      scaleSettings: { ...scaleSettings, maxNodeCount: maxNodes },
      errors: listed.length > 0 ? listed : null,
    };
    const { provisioningState = properties.provisioningState } = seed;
    return jsonAnswer({
      ...compute,
      properties: { ...properties, computeType: kind, provisioningState, properties: details },
    });
  };
}
