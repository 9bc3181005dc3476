import type { Fault } from "../../src/emulator/world/options.ts";
import { makeWorld, type World, type WorldOptions } from "./world.ts";

/** What goes wrong with one request, of each kind that must pass unnoticed. */
const PASSING: Readonly<Record<string, Fault["happens"]>> = {
  "cut before": { kind: "cut", afterServer: false },
  "cut after": { kind: "cut", afterServer: true },
  "408": { kind: "status", status: 408 },
  "429": { kind: "throttle", retryAfterSeconds: 3 },
  "500": { kind: "status", status: 500 },
  "503": { kind: "status", status: 503 },
};

/** A world in which one request went wrong. */
export interface FaultyWorld extends World {
  /** Which request, and what happened to it. */
  readonly what: string;
  readonly exit: number;
}

/**
 * Runs a command line again and again, each time in a new world in which another of its requests goes wrong.
 *
 * @param lines What is done before, and at the end the command line; the project is read from a file, for speed.
 */
export async function* eachRequestFailing(
  lines: readonly string[],
  options: WorldOptions = {},
): AsyncIterable<FaultyWorld> {
  const snapshot = await snapshotOf(options);
  const [before, line] = [lines.slice(0, -1), lines.at(-1)!];
  const open = async (faults: readonly Fault[]) => {
    const world = makeWorld({ ...options, emulator: { ...options.emulator, faults } });
    world.ctx.files.set("/snapshot.json", snapshot);
    for (const one of before) await world.kedroAzureml(one);
    return world;
  };
  const quiet = await open([]);
  const done = quiet.azure.requests.length;
  await quiet.kedroAzureml(line);
  if (quiet.azure.requests.length === done) throw new Error(`Nothing is asked of Azure by: ${line}`);
  for (let at = done; at < quiet.azure.requests.length; at++) {
    for (const [kind, happens] of Object.entries(PASSING)) {
      const world = await open([{ url: /./, after: at, happens }]);
      const exit = await world.kedroAzureml(line);
      const { method, url } = quiet.azure.requests[at]!;
      yield { ...world, exit, what: `${kind} ${method} ${url}` };
    }
  }
}

/** Empty where there is no project. */
async function snapshotOf(options: WorldOptions) {
  const { ctx, kedroAzureml } = makeWorld(options);
  await kedroAzureml("inspect --json");
  return new TextEncoder().encode(ctx.stdout());
}
