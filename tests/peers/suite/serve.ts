/**
 * Serves an emulator for azure-ai-ml's own tests: each path begins with the host of Azure that is meant, and a POST to
 * `/advance/MILLISECONDS` moves its clock.
 */

import { createEmulator } from "../../fakes/emulator.ts";
import { GOLDEN_WORKSPACE, SERVICE_PRINCIPAL } from "../../fakes/seed.ts";

/** What the tests expect of the workspace of azure-ai-ml's developers. */
const SEED = {
  ...SERVICE_PRINCIPAL,
  workspaces: [GOLDEN_WORKSPACE],
  computes: ["cpu-cluster", "gpu-cluster", "testCompute"],
  environments: [
    { name: "AzureML-sklearn-1.0-ubuntu20.04-py38-cpu", versions: ["1", "33"] },
  ],
};

/** An emulator as a handler of HTTP requests. */
export function suiteHandler(): (request: Request) => Promise<Response> {
  let now = Date.now();
  const clock = { now: () => new Date(now += 1), sleep: async (ms: number) => void (now += ms) };
  const emulator = createEmulator({ clock, random: realRandom(), seed: SEED });
  return async (request) => {
    const path = request.url.replace(/^http:\/\/[^/]+\//, "");
    const advance = /^advance\/(\d+)$/.exec(path)?.[1];
    if (advance !== undefined) {
      now += Number(advance);
      return new Response(null, { status: 204 });
    }
    const { method, headers } = request;
    const body = method === "GET" || method === "HEAD" ? undefined : await request.bytes();
    return await emulator.fetch(
      new Request(`https://${path}`, { method, headers, ...(body && body.length > 0 && { body }) }),
    );
  };
}

function realRandom() {
  return { uuid: () => crypto.randomUUID(), number: () => Math.random() };
}
