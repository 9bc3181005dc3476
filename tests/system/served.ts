import { startEmulator } from "../../src/app/emulator/start_emulator.ts";
import type { Clock, Context, Random } from "../../src/core/context.ts";
import type { Seed } from "../../src/emulator/state/options.ts";
import { exec } from "../../src/system/exec.ts";
import { systemFs } from "../../src/system/fs.ts";
import { serve } from "../../src/system/serve.ts";
import { fakeContext } from "../fakes/context.ts";

/** A clock with real time and real sleeps. */
export const REAL_CLOCK: Clock = {
  now: () => new Date(),
  sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
};

/** Real randomness: of two runs with equal ids, the first to end would kill the other's processes. */
export const REAL_RANDOM: Random = {
  uuid: () => crypto.randomUUID(),
  number: () => Math.random(),
};

/** A served emulator. */
export interface Served {
  readonly ctx: Context;
  /** Certificate of its authority. */
  readonly caFile: string;
  readonly origin: string;
  /** Variables with which programs reach it and sign in. */
  readonly env: Readonly<Record<string, string>>;
  /** Temporary; removed afterwards. */
  readonly folder: string;
}

/** Options of a served emulator. */
export interface Serving {
  readonly seed: Seed;
  readonly clock: Clock;
  /** Folder with the Python that runs steps in `steps` of the temporary folder (default: simulated). */
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

/** Returns whether a file exists. */
export function hasFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
