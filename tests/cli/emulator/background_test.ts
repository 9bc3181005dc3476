import assert from "node:assert/strict";
import type { Context } from "../../../src/core/context.ts";
import { run } from "../../../src/cli/command_line.ts";
import type { FakeContext } from "../../fakes/context.ts";
import { stepPrograms } from "../../fakes/step_programs.ts";
import { makeWorld, type WorldOptions } from "../world.ts";

const LINE = "submit -j main --name first";

/** A machine on which emulators can listen, and on which this program can be started again. */
function machine(options: WorldOptions = {}): { readonly ctx: FakeContext; stopped(): Promise<void> } {
  const served = new Map<string, (request: Request) => Promise<Response>>();
  const { ctx } = makeWorld({ env: {}, ...options });
  const fetch = async (request: Request) => {
    const handler = served.get(new URL(request.url).origin);
    if (handler === undefined) throw new TypeError("connection refused");
    return await handler(request);
  };
  const probe = { ...ctx.probe, connect: () => Promise.reject(new Error("refused")) };
  const ends: Promise<unknown>[] = [];
  let [nextPort, nextPagePort] = [4000, 5000];
  // The program and its emulator run in one process here, so each sleep lets the other one work.
  const clock: Context["clock"] = {
    ...ctx.clock,
    async sleep(ms, signal) {
      await ctx.clock.sleep(ms, signal);
      await new Promise((resolve) => setTimeout(resolve));
    },
  };
  const here: FakeContext = {
    ...ctx,
    clock,
    fetch,
    probe,
    openNetwork: () => ({ fetch, probe }),
    async serve(handler, { tls, signal }) {
      const port = tls === undefined ? nextPagePort++ : nextPort++;
      const origin = `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`;
      served.set(origin, handler);
      const { promise, resolve } = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => {
        served.delete(origin);
        resolve();
      });
      return { port, finished: promise };
    },
    startAgain(args, log) {
      const terminal = { ...ctx.terminal, out() {}, err: (text: string) => void here.fs.append(log, text) };
      const ended = run([...args], { ...here, terminal });
      ends.push(ended);
      return { ended };
    },
  };
  return { ctx: here, stopped: async () => void await Promise.all(ends) };
}

Deno.test("--emulator uses the emulator of emulator start", async () => {
  const { ctx, stopped } = machine();
  assert.equal(await run(["emulator", "start", "--fail", "count"], ctx), 0, ctx.stderr());
  assert.equal(await run(["emulator", "status"], ctx), 0);
  assert.equal(await run(`--emulator ${LINE} --wait`.split(" "), ctx), 1, "the options of `start` count");
  assert.equal(await run(["--emulator", "job", "show", "first"], ctx), 0, ctx.stderr());
  const before = ctx.stderr().length;
  assert.equal(await run(["--emulator", "job", "show", "other"], ctx), 5);
  assert.match(ctx.stderr(), /Using the emulator, not Azure: steps are simulated/);
  assert.match(ctx.stderr().slice(before), /hint: .*`kedro-azureml job list --emulator`/);
  assert.equal(await run(["emulator", "stop"], ctx), 0);
  await stopped();
  assert.equal(await run(["emulator", "status"], ctx), 1);
  assert.deepEqual([...ctx.files.keys()].filter((path) => /running\.json|\.pem$/.test(path)), []);
});

Deno.test("emulator env prints lines for the shell in SHELL", async () => {
  const { ctx, stopped } = machine({ env: { SHELL: "/usr/bin/fish" } });
  await run(["emulator", "start"], ctx);
  const narrow = { ...ctx, terminal: { ...ctx.terminal, outColumns: 40 } };
  const before = ctx.stdout().length;
  assert.equal(await run(["emulator", "env"], narrow), 0, ctx.stderr());
  assert.match(ctx.stdout().slice(before), /^set -gx AZURE_TENANT_ID \S+$/m);
  await run(["emulator", "stop"], ctx);
  await stopped();
});

Deno.test("emulator start --run-steps uses the catalog's local data", async () => {
  const lines: string[] = [];
  const exec = stepPrograms(() => ctx.files, ({ line }) => void lines.push(line));
  const { ctx, stopped } = machine({ project: "assetlab", exec });
  await ctx.fs.writeText("/home/user/assetlab/data/01_raw/raw.csv", "a");
  await ctx.fs.writeText("/home/user/assetlab/data/01_raw/folder/part.parquet", "a");
  assert.equal(await run("emulator start --run-steps --venv /venv".split(" "), ctx), 0, ctx.stderr());
  assert.equal(
    ctx.stdout(),
    "✓ The emulator is running at https://127.0.0.1:4000. Steps run on this machine.\n",
  );
  await run("--emulator submit assets --wait".split(" "), ctx);
  assert.doesNotMatch(ctx.stdout() + ctx.stderr(), /is not on this machine/);
  assert.ok(lines.some((line) => /raw_file \S+\/INPUT_raw_file\/raw\.csv /.test(line)), lines.join("\n"));
  const ofSteps = () => [...ctx.files.keys()].filter((path) => path.includes("kedro-azureml-rehearsal-"));
  assert.notEqual(ofSteps().length, 0);
  assert.equal(await run(["emulator", "stop"], ctx), 0);
  await stopped();
  assert.deepEqual(ofSteps(), []);
});

Deno.test("emulator stop stops only the emulator of the project", async () => {
  const { ctx, stopped } = machine();
  const other = "/home/user/other";
  for (const [path, bytes] of [...ctx.files]) {
    if (path.startsWith("/home/user/tiny/")) ctx.files.set(path.replace("/home/user/tiny", other), bytes);
  }
  const printed = async (line: string, exit = 0) => {
    const [out, err] = [ctx.stdout().length, ctx.stderr().length];
    assert.equal(await run(line.split(" "), ctx), exit, ctx.stderr().slice(err));
    return ctx.stdout().slice(out) + ctx.stderr().slice(err);
  };
  await printed("emulator start");
  await printed(`--emulator ${LINE}`);
  await printed(`-C ${other} emulator start`);
  assert.match(
    await printed(`-C ${other} emulator status`),
    /^The emulator of \/home\/user\/other is running at https:\/\/127\.0\.0\.1:4001\.[^]*\nThe emulator of \/home\/user\/tiny is running at https:\/\/127\.0\.0\.1:4000\b/,
  );
  assert.match(await printed(`-C ${other} --emulator job show first`, 5), /Job "first" .*not/);
  assert.match(
    await printed("-C /home/user emulator stop", 2),
    /^error: 2 emulators are running[^]*\n {2}\/home\/user\/other: [^]*\nhint: Name a project/,
  );
  await printed(`-C ${other} emulator stop`);
  assert.match(
    await printed(`-C ${other} emulator stop`),
    /^No emulator is running for this project\.\nThe emulator of \/home\/user\/tiny is running at /,
  );
  assert.match(await printed("--emulator job show"), /^job +first\n/m);
  assert.match(
    await printed("-C /home/user emulator stop"),
    /Stopped the emulator at https:\/\/127\.0\.0\.1:4000, and with it job first\n/,
  );
  await stopped();
});

Deno.test("emulator stop asks before it ends running jobs", async () => {
  const goesOn = Promise.withResolvers<number>();
  const { ctx, stopped } = machine({ exec: stepPrograms(() => ctx.files, () => goesOn.promise) });
  const stop = async (options: readonly string[], answer?: string) => {
    const person = { interactive: answer !== undefined, question: () => Promise.resolve(answer) };
    return await run(["emulator", "stop", ...options], { ...ctx, terminal: { ...ctx.terminal, ...person } });
  };
  assert.equal(await run("emulator start --run-steps --venv /venv".split(" "), ctx), 0, ctx.stderr());
  assert.equal(await run(`--emulator ${LINE}`.split(" "), ctx), 0, ctx.stderr());
  assert.equal(await stop([]), 2);
  assert.match(
    ctx.stderr(),
    /error: The emulator is running job first\nhint: Wait until it has ended, or pass `--yes`\n$/,
  );
  assert.equal(await stop([], "n"), 0);
  assert.match(ctx.stdout(), /· Nothing was stopped\n$/);
  assert.equal(await run(["emulator", "status"], ctx), 0);
  assert.match(ctx.stdout(), /\nRunning jobs: first\n/);
  goesOn.resolve(1);
  assert.equal(await stop(["--yes"]), 0);
  await stopped();
});

Deno.test("job show ignores jobs of a stopped emulator", async () => {
  const { ctx, stopped } = machine();
  const inEmulator = async (state: readonly string[], ...lines: readonly string[]) => {
    assert.equal(await run(["emulator", "start", ...state], ctx), 0, ctx.stderr());
    const exits = [];
    for (const line of lines) exits.push(await run(`--emulator ${line}`.split(" "), ctx));
    await run(["emulator", "stop"], ctx);
    await stopped();
    return exits;
  };
  const kept = ["--state", "kept"];
  assert.deepEqual(await inEmulator(kept, LINE, "job show"), [0, 0], ctx.stderr());
  assert.deepEqual(await inEmulator(kept, "job show"), [0], "it is kept");
  assert.deepEqual(await inEmulator([], "job show"), [2]);
  assert.match(ctx.stderr(), /error: No job was submitted from this project on this machine\n/);
});

Deno.test("--emulator starts a temporary emulator if none is running", async () => {
  const { ctx } = machine();
  assert.equal(await run(`--emulator ${LINE} --wait`.split(" "), ctx), 0, ctx.stderr());
  assert.equal(await run(["--emulator", "job", "show", "first"], ctx), 2, "it is gone");
});

for (
  const [shell, line] of Object.entries({
    sh: /^export AZURE_CLIENT_ID=/m,
    fish: /^set -gx AZURE_CLIENT_ID /m,
  })
) {
  Deno.test(`emulator env --shell ${shell} prints lines for its shell`, async () => {
    const { ctx, stopped } = machine();
    await run(["emulator", "start"], ctx);
    assert.equal(await run(["emulator", "env", "--shell", shell], ctx), 0, ctx.stderr());
    assert.match(ctx.stdout(), line);
    await run(["emulator", "stop"], ctx);
    await stopped();
  });
}

Deno.test("job list with variables of a stopped emulator says that it stopped", async () => {
  const { ctx, stopped } = machine();
  await run(["emulator", "start"], ctx);
  await run(["emulator", "env", "--json"], ctx);
  const env = JSON.parse(ctx.stdout().trim().split("\n").at(-1)!);
  await run(["emulator", "stop"], ctx);
  await stopped();
  const later = { ...ctx, env };
  const before = ctx.stderr().length;
  assert.equal(await run(["job", "list", "--json"], later), 6);
  const { error } = JSON.parse(ctx.stderr().slice(before));
  assert.equal(error.code, "emulator.gone");
  assert.match(error.message, /The emulator at https:\/\/127\.0\.0\.1:4000 is no longer running/);
  assert.match(error.hint, /open a new shell/);
});
