import { equal, ok } from "node:assert/strict";
import { run } from "../../../src/cli/run.ts";
import { createEmulator, type EmulatorOptions } from "../../../src/emulator/emulator.ts";
import { systemFs } from "../../../src/system/fs.ts";
import { fakeContext } from "../../fakes/context.ts";
import { GOLDEN_SEED, SIGNED_IN } from "../../fakes/seed.ts";

const PROJECTS = new URL("../../golden/projects/", import.meta.url).pathname;
const SEED = {
  ...GOLDEN_SEED,
  environments: [{ name: "kedro-env", versions: ["12"] }, { name: "big-env", versions: ["1"] }],
};

/** Turns of the event loop without a new request, after which everything waits for an answer. */
const IDLE_TURNS = 50;

/** A network on which all requests that are on the way are answered at once, when nothing else can happen before. */
function inRounds(fetch: (request: Request) => Promise<Response>) {
  const rounds: string[][] = [];
  let waiting: { readonly request: Request; readonly answer: (response: Promise<Response>) => void }[] = [];
  let idle = 0;
  async function turn() {
    while (idle++ < IDLE_TURNS) await new Promise((done) => setTimeout(done, 0));
    const sent = waiting;
    waiting = [];
    rounds.push(sent.map(({ request: { method, url } }) => `${method} ${new URL(url).pathname}`));
    for (const { request, answer } of sent) answer(fetch(request));
  }
  return {
    rounds,
    fetch: (request: Request): Promise<Response> =>
      new Promise((answer) => {
        idle = 0;
        waiting.push({ request, answer });
        if (waiting.length === 1) turn();
      }),
  };
}

/** The rounds of the second `submit` of a project, after the token. */
async function roundsOf(
  project: string,
  job: string,
  options: EmulatorOptions = {},
): Promise<readonly string[][]> {
  const azure = createEmulator({ seed: SEED, ...options });
  let network = inRounds(azure.fetch);
  for (let time = 0; time < 2; time++) {
    network = inRounds(azure.fetch);
    const ctx = fakeContext({
      cwd: `/${project}`,
      files: await filesOf(project),
      env: SIGNED_IN,
      fetch: network.fetch,
    });
    equal(await run(["submit", "-j", job], ctx), 0, ctx.stderr());
  }
  const token = network.rounds.findIndex((round) => round.some((one) => one.endsWith("/token")));
  return network.rounds.slice(token + 1);
}

async function filesOf(project: string): Promise<Record<string, Uint8Array<ArrayBuffer>>> {
  const found: Record<string, Uint8Array<ArrayBuffer>> = {};
  for await (const { path, kind } of systemFs.walk(PROJECTS + project, () => true)) {
    if (kind === "file") found[`/${path.slice(PROJECTS.length)}`] = await systemFs.readBytes(path);
  }
  return found;
}

Deno.test("submit of unchanged code waits for four answers after the token", async () => {
  const rounds = await roundsOf("tiny", "main");
  equal(rounds.length, 4, JSON.stringify(rounds, undefined, 1));
  ok(rounds[0]!.some((one) => one.includes("/codes/")));
  ok(rounds[2]!.length === 1 && rounds[2]![0]!.endsWith("/token"), "the second token, of another audience");
  ok(rounds[3]!.length === 1 && rounds[3]![0]!.includes("/jobs/"));
});

Deno.test("submit registers 200 components in waves of 32", async () => {
  const rounds = await roundsOf("bigpipe", "big");
  const sizes = rounds.map((round) => round.filter((one) => one.includes("/components/")).length);
  equal(sizes.reduce((sum, size) => sum + size), 200);
  equal(Math.max(...sizes), 32);
  equal(rounds.length, 3 + Math.ceil(200 / 32), JSON.stringify(sizes));
});

Deno.test("submit sends fewer requests at once after Azure throttled", async () => {
  const rounds = await roundsOf("bigpipe", "big", {
    faults: [{
      method: "PUT",
      url: /\/components\//,
      after: 232,
      happens: { kind: "throttle", retryAfterSeconds: 1 },
    }],
  });
  const sizes = rounds.map((round) => round.filter((one) => one.includes("/components/")).length);
  const [first, second, ...later] = sizes.filter((size) => size > 0);
  equal(first, 32);
  equal(second, 32);
  ok(later.every((size) => size <= 17), JSON.stringify(sizes));
});
