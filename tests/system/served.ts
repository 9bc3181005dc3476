import { startEmulator } from "../../src/app/emulator/emulator.ts";
import type { Clock, Context, Random } from "../../src/core/context.ts";
import type { Seed } from "../../src/emulator/world/options.ts";
import { exec } from "../../src/system/exec.ts";
import { systemFs } from "../../src/system/fs.ts";
import { serve } from "../../src/system/serve.ts";
import { fakeContext } from "../fakes/context.ts";

/** Real time, and a wait that takes as long as it is to. */
export const REAL_CLOCK: Clock = {
  now: () => new Date(),
  sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
};

/** Real chance: of two runs with the same id, the one that ends first would kill the other's processes. */
export const REAL_RANDOM: Random = {
  uuid: () => crypto.randomUUID(),
  number: () => Math.random(),
};

/** An emulator that listens, and who is beside it. */
export interface Served {
  readonly ctx: Context;
  /** Its authority's certificate. */
  readonly caFile: string;
  readonly origin: string;
  /** Variables with which any program finds it, and signs in. */
  readonly env: Readonly<Record<string, string>>;
  /** Temporary, and gone afterwards. */
  readonly folder: string;
}

/** What is served. */
export interface Serving {
  readonly seed: Seed;
  readonly clock: Clock;
  /** Folder with the programs of a Python that runs the steps in `steps` of the temporary folder; else simulated. */
  readonly bin?: string;
}

/** Serves an emulator over HTTPS while `use` runs. */
export async function withServed(
  { seed, clock, bin }: Serving,
  use: (served: Served) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const stop = new AbortController();
  const fake = fakeContext({ cwd: folder, fs: systemFs, signal: stop.signal, ...(bin && { exec }) });
  const ctx = { ...fake, serve, clock, random: REAL_RANDOM };
  const run = bin === undefined ? {} : { run: { folder: `${folder}/steps`, bin, parallelSteps: 2 } };
  const { ready, finished, cleanUp } = await startEmulator(ctx, { caFile: "ca.pem", seed, ...run });
  try {
    await use({ ctx, ...ready, folder });
  } finally {
    stop.abort();
    await finished;
    await cleanUp();
    if (bin !== undefined) await exec("chmod", ["-R", "u+rwX", folder]);
    await Deno.remove(folder, { recursive: true });
  }
}

/** Whether a peer is installed. */
export function hasFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
