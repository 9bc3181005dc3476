import type { Context, Network } from "../core/context.ts";
import { createFetch } from "./fetch.ts";
import { systemProbe } from "./probe.ts";

/** Opens the real network with the proxies and certificate authorities that `env` names. */
export function openNetwork(env: Context["env"]): Network {
  return { fetch: createFetch(env), probe: systemProbe };
}
