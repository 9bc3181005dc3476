import type { Fault } from "../../fakes/emulator/faults.ts";
import type { RecordedRequest } from "../../fakes/emulator.ts";
import { dealt } from "./dealt.ts";
import { makeWorld, type World, type WorldOptions } from "../world.ts";

/** Faults of a single request that a command must survive. */
const PASSING: Readonly<Record<string, Fault["happens"]>> = {
  "cut before the server": { kind: "cut", afterServer: false },
  "cut after the server": { kind: "cut", afterServer: true },
  "408": { kind: "status", status: 408 },
  "429": { kind: "throttle", retryAfterSeconds: 3 },
  "500": { kind: "status", status: 500 },
  "503": { kind: "status", status: 503 },
};

/** A world in which one request failed. */
export interface FaultyWorld extends World {
  /** The request and its fault. */
  readonly what: string;
  readonly exit: number;
}

/**
 * Runs a command line for each of its requests, in a new world in which that request fails: with each fault for one
 * that makes a job or a schedule, else with one of them.
 *
 * @param lines Command lines of a setup, and the command line; the project is read from a file for speed.
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
  const requests = quiet.azure.requests.slice(done);
  const [writes, reads] = [requests.filter(isWrite), requests.filter((request) => !isWrite(request))];
  const kinds = Object.keys(PASSING);
  for (const [request, kind] of [...dealt(writes, kinds, kinds.length), ...dealt(reads, kinds, 1)]) {
    const world = await open([{
      url: /./,
      after: done + requests.indexOf(request),
      happens: PASSING[kind]!,
    }]);
    const exit = await world.kedroAzureml(line);
    yield { ...world, exit, what: `${kind} ${request.method} ${request.url}` };
  }
}

/** Whether a request makes or changes what must be there once; `faults_test.ts` has the uploads. */
function isWrite({ method, url }: RecordedRequest): boolean {
  return method !== "GET" && /\/(?:jobs|schedules)\//.test(url);
}

/** Returns the project's snapshot; empty without a project. */
async function snapshotOf(options: WorldOptions) {
  const { ctx, kedroAzureml } = makeWorld(options);
  await kedroAzureml("inspect --json");
  return new TextEncoder().encode(ctx.stdout());
}
