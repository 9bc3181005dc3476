import { deepEqual, equal, rejects } from "node:assert/strict";
import type { AppContext, AppEvent } from "../../../src/app/context.ts";
import { startInBackground, stopRunning } from "../../../src/app/emulator/running.ts";
import { textHash } from "../../../src/core/encoding.ts";
import { UserError } from "../../../src/core/errors.ts";
import { fakeContext } from "../../fakes/context.ts";

const PROJECT = "/home/user/tiny";
const FOLDER = `/home/user/.local/state/kedro-azureml/emulator/running/${textHash(PROJECT, 16)}`;
const RECORD = {
  origin: "https://127.0.0.1:4711",
  pages: "http://127.0.0.1:4712",
  caFile: "/tmp/ca.pem",
  env: { AZURE_CLIENT_SECRET: "hush" },
  project: PROJECT,
};
const FOUND = { ...RECORD, workspaces: [], jobs: [] };

/**
 * A machine on which a started emulator prints these texts, one at each look at it, and then runs or ends.
 *
 * @param then The exit code of an emulator that does not run.
 */
function machine(printed: readonly string[], then: "runs" | number = "runs") {
  const ctx = fakeContext({ files: { "/tmp/ca.pem": "ca" }, cwd: PROJECT });
  const events: AppEvent[] = [];
  const started: unknown[] = [];
  let isRunning = false;
  let stopsIn = 3;
  const texts = [...printed];
  const ended = Promise.withResolvers<number>();
  const clock = {
    ...ctx.clock,
    async sleep(ms: number) {
      await ctx.clock.sleep(ms);
      const text = texts.shift();
      if (text !== undefined) return await ctx.fs.append(`${FOLDER}/log.txt`, text);
      if (then !== "runs") return ended.resolve(then);
      isRunning = true;
      await ctx.fs.writeText(`${FOLDER}/running.json`, JSON.stringify(RECORD));
    },
  };
  const fetch = async ({ url }: Request) => {
    if (url.endsWith("/stop")) stopsIn--;
    else if (stopsIn < 3) isRunning = --stopsIn > 0;
    if (!isRunning) throw new TypeError("connection refused");
    return new Response("");
  };
  const here = {
    ...ctx,
    clock,
    openNetwork: () => ({ fetch, probe: ctx.probe }),
    startAgain(words: readonly string[], log: string) {
      started.push([words, log]);
      return { ended: ended.promise };
    },
    report: (event: AppEvent) => void events.push(event),
  };
  return { ctx: here as unknown as AppContext, events, started, sleeps: ctx.sleeps };
}

Deno.test("emulator start prints progress and warnings", async () => {
  const { ctx, events, started, sleeps } = machine([
    "# how to use it\n✓ Created",
    " the environment\n\nwarn",
    "ing: odd\nerror: none\nhint: none\n",
  ]);
  deepEqual(await startInBackground(ctx, ["emulator", "--empty"], {}), FOUND);
  deepEqual(started, [[["emulator", "--empty"], `${FOLDER}/log.txt`]]);
  deepEqual(events, [
    { type: "print", text: "✓ Created the environment" },
    { type: "print", text: "warning: odd" },
  ]);
  deepEqual(sleeps, [100, 100, 100, 100]);
});

for (
  const [what, printed, message] of [
    [
      "the error of an emulator that ends at once",
      ["✓ Fine\nerror: Unknown role\nhint: Use another\n"],
      "Unknown role\nhint: Use another",
    ],
    ["the path of the log of an emulator without output", [], `see ${FOLDER}/log.txt`],
  ] as const
) {
  Deno.test(`emulator start prints ${what}`, async () => {
    await rejects(startInBackground(machine(printed, 1).ctx, [], {}), {
      code: "emulator.not_started",
      exit: 2,
      message: `The emulator did not start: ${message}`,
    });
  });
}

Deno.test("emulator start fails if the project's emulator is running", async () => {
  const running = machine([]);
  await startInBackground(running.ctx, [], {});
  await rejects(startInBackground(running.ctx, [], {}), {
    code: "emulator.running",
    message: "The emulator of /home/user/tiny is already running at https://127.0.0.1:4711",
  });
  equal(running.started.length, 1);
  const { ctx, started } = machine([]);
  const home = { code: "emulator.no_home", exit: 2 };
  await rejects(startInBackground({ ...ctx, home: undefined }, [], {}), home);
  const fs = { ...ctx.fs, writeText: () => Promise.reject(new Deno.errors.PermissionDenied()) };
  await rejects(startInBackground({ ...ctx, fs }, [], {}), {
    ...home,
    message: `Cannot run an emulator in the background: "${FOLDER}" cannot be written`,
  });
  const refused = new UserError("A link leads out", { code: "file.link_outside" });
  const link = { ...ctx.fs, writeText: () => Promise.reject(refused) };
  await rejects(startInBackground({ ...ctx, fs: link }, [], {}), (thrown) => thrown === refused);
  deepEqual(started, []);
});

Deno.test("emulator stop asks again until the emulator answers", async () => {
  const { ctx } = machine([]);
  await startInBackground(ctx, [], {});
  /** What is asked of an emulator that answers some of the requests. */
  const asking = async (answers: readonly boolean[]) => {
    const asked: string[] = [];
    const fetch = async ({ url }: Request) => {
      if (!answers[asked.push(new URL(url).pathname) - 1]) throw new TypeError("connection closed");
      return new Response();
    };
    const openNetwork = () => ({ ...ctx.openNetwork({}), fetch });
    await stopRunning({ ...ctx, openNetwork }, RECORD as never);
    return asked.map((path) => path.slice("/emulator/".length));
  };
  deepEqual(await asking([false, false]), ["stop", "status"]);
  deepEqual(await asking([false, true, true, false]), ["stop", "status", "stop", "status"]);
});

Deno.test("emulator start gives up after ten minutes", async () => {
  const { ctx, sleeps } = machine(Array.from({ length: 7000 }, () => "."));
  await rejects(startInBackground(ctx, [], {}), { code: "emulator.not_started" });
  equal(sleeps.length, 6000);
});
