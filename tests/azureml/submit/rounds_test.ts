import { fileURLToPath } from "node:url";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { run } from "../../../src/cli/command_line.ts";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../fakes/emulator.ts";
import { systemFs } from "../../../src/system/fs.ts";
import { fakeContext } from "../../fakes/context.ts";
import { GOLDEN_SEED, SIGNED_IN } from "../../fakes/seed.ts";

const PROJECTS = fileURLToPath(new URL("../../golden/projects/", import.meta.url));
/** The data of the golden projects is in local files, with which no job could run. */
const LOCAL_DATA = ["dataset.not_uploaded", "dataset.local_between_steps"].flatMap((
  code,
) => ["--allow", code]);
const SEED = {
  ...GOLDEN_SEED,
  environments: [{ name: "kedro-env", versions: ["12"] }, { name: "big-env", versions: ["1"] }],
};

/** After this many turns of the event loop without a new request, everything waits for an answer. */
const IDLE_TURNS = 50;

/** Creates a network that answers all pending requests at once, when nothing else can proceed. */
function createRoundNetwork(fetch: (request: Request) => Promise<Response>) {
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

interface World {
  readonly azure: Emulator;
  readonly files: Record<string, Uint8Array<ArrayBuffer>>;
  /** What the last command wrote to standard error. */
  said?: string;
}

async function worldOf(project: string, options: EmulatorOptions = {}): Promise<World> {
  return { azure: createEmulator({ seed: SEED, ...options }), files: await filesOf(project) };
}

/** Returns the rounds of `submit` of one job or more after the token request; keeps the files for the next call. */
async function roundsOf(world: World, project: string, job: string): Promise<readonly string[][]> {
  const { azure, files } = world;
  const network = createRoundNetwork(azure.fetch);
  const ctx = fakeContext({ cwd: `/${project}`, files, env: SIGNED_IN, fetch: network.fetch });
  equal(
    await run(["submit", ...job.split(" ").flatMap((name) => ["-j", name]), ...LOCAL_DATA], ctx),
    0,
    ctx.stderr(),
  );
  for (const [path, content] of ctx.files) files[path] = content;
  world.said = ctx.stderr();
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

/** Removes the records of submitted jobs, as on another machine. */
function onAnotherMachine({ azure, files }: World): World {
  return {
    azure,
    files: Object.fromEntries(Object.entries(files).filter(([path]) => !path.startsWith("/home/"))),
  };
}

const componentsIn = (rounds: readonly string[][]) =>
  rounds.map((round) => round.filter((one) => one.includes("/components/")).length);

for (const [project, job, most] of [["tiny", "main", 6], ["bigpipe", "big", 8]] as const) {
  Deno.test(`submit of project ${project} takes at most ${most} round trips`, async () => {
    const rounds = await roundsOf(await worldOf(project), project, job);
    ok(rounds.length <= most, JSON.stringify(rounds.map((round) => [round.length, round[0]]), undefined, 1));
    const containers = rounds.map((round) =>
      round.filter((one) => one.endsWith("/startPendingUpload")).length
    );
    deepEqual(containers, [1, ...rounds.slice(1).map(() => 0)], "the container is requested early, and once");
  });
}

Deno.test("submit of an unchanged job takes two round trips", async () => {
  const world = await worldOf("tiny");
  await roundsOf(world, "tiny", "main");
  const rounds = await roundsOf(world, "tiny", "main");
  equal(rounds.length, 2, JSON.stringify(rounds, undefined, 1));
  ok(rounds[0]!.some((one) => one.includes("/codes/")));
  deepEqual(rounds.flat().filter((one) => one.endsWith("/startPendingUpload")), []);
  ok(rounds[0]!.some((one) => one.endsWith("/token")), "the second token, of another audience");
  ok(rounds[1]!.length === 1 && rounds[1]![0]!.includes("/jobs/"));
});

for (
  const [what, change] of [
    ["outdated ids", (components: string[][]) => components.map(([key]) => [key, "gone"])],
    ["no components", () => undefined],
  ] as const
) {
  Deno.test(`submit registers all components if its record has ${what}`, async () => {
    const world = await worldOf("tiny");
    await roundsOf(world, "tiny", "main");
    for (const [path, content] of Object.entries(world.files)) {
      if (!path.includes("/jobs/")) continue;
      const record = JSON.parse(new TextDecoder().decode(content));
      const changed = change(Object.entries(record.components));
      const components = Array.isArray(changed) ? Object.fromEntries(changed) : changed;
      world.files[path] = new TextEncoder().encode(JSON.stringify({ ...record, components }));
    }
    const rounds = await roundsOf(world, "tiny", "main");
    equal(componentsIn(rounds).reduce((sum, size) => sum + size), 2);
    const [first, second] = world.azure.resources("jobs").map(({ properties }) => properties.jobs);
    deepEqual(second, first);
  });
}

Deno.test("submit registers only changed components", async () => {
  const world = await worldOf("tiny");
  const edit = (path: string, from: string, to: string) => {
    const text = new TextDecoder().decode(world.files[path]);
    ok(text.includes(from), text);
    world.files[path] = new TextEncoder().encode(text.replace(from, to));
  };
  // With code in the image, a changed node does not change the code of all steps.
  edit(
    "/tiny/conf/base/azureml.yml",
    'code_directory: "."',
    "code_directory: null\n  working_directory: /app",
  );
  await roundsOf(world, "tiny", "main");
  edit("/tiny/src/tiny/pipeline_registry.py", 'name="count")', 'name="tally")');
  const rounds = await roundsOf(world, "tiny", "main");
  equal(componentsIn(rounds).reduce((sum, size) => sum + size), 1);
  match(world.said!, /Registered 1 component; 1 already in the workspace/);
  equal(Object.keys(world.azure.resources("jobs")[1]!.properties.jobs as object).join(), "clean,tally");
});

Deno.test("submit registers deleted components again", async () => {
  const world = await worldOf("tiny", {
    faults: [{
      method: "PUT",
      url: /\/jobs\//,
      after: 1,
      times: 1,
      happens: {
        kind: "refuse",
        status: 400,
        code: "UserError",
        message: "The component azureml_anonymous:1 does not exist in the workspace.",
      },
    }],
  });
  await roundsOf(world, "tiny", "main");
  const rounds = await roundsOf(world, "tiny", "main");
  equal(componentsIn(rounds).reduce((sum, size) => sum + size), 2, JSON.stringify(rounds, undefined, 1));
  equal(rounds.flat().filter((one) => one.startsWith("PUT ") && one.includes("/jobs/")).length, 2);
});

Deno.test("submit registers at most 70 components at once", async () => {
  const world = await worldOf("bigpipe");
  await roundsOf(world, "bigpipe", "big");
  const rounds = await roundsOf(onAnotherMachine(world), "bigpipe", "big");
  const sizes = componentsIn(rounds);
  equal(sizes.reduce((sum, size) => sum + size), 200);
  equal(Math.max(...sizes), 70);
  equal(rounds.length, 2 + Math.ceil(200 / 70), JSON.stringify(sizes));
});

Deno.test("submit sends fewer requests at once after status 429", async () => {
  const world = await worldOf("bigpipe", {
    faults: [{
      method: "PUT",
      url: /\/components\//,
      after: 200,
      happens: { kind: "throttle", retryAfterSeconds: 1 },
    }],
  });
  await roundsOf(world, "bigpipe", "big");
  const sizes = componentsIn(await roundsOf(onAnotherMachine(world), "bigpipe", "big"));
  const [first, ...later] = sizes.filter((size) => size > 0);
  equal(first, 70);
  ok(later.every((size) => size <= 36), JSON.stringify(sizes));
});
