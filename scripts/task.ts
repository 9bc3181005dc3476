/**
 * Runs one of the checkout's tasks after setting up what it needs: packages, and the image of the embedded Kedro.
 *
 * Imports nothing from a registry, because it is what fetches from there, with the machine's certificates. That is
 * also why packages stand in `import_map.json` and the lock file is named here: `deno task` by itself fetches all that
 * deno.json and its lock file name, before anything of ours runs. `deno.json` puts `DENO_DIR` below the checkout, so
 * that nothing is left behind elsewhere; a `DENO_DIR` that the machine set wins.
 */

const LOCKED = "--lock=deno.lock --frozen";

/**
 * The first two rings have no network and run no program but the reader's process, which is this Deno; the third has real
 * peers on the loopback interface.
 */
const TEST = [
  `test ${LOCKED} --no-prompt --allow-read --allow-write --allow-env --allow-sys --allow-run=THIS_DENO --deny-net --parallel --ignore=tests/system tests`,
  `test ${LOCKED} -A tests/system`,
];

/** What each task runs, after the set-up; a failure ends it. */
const TASKS: Record<string, readonly string[]> = {
  setup: [],
  demo: [`run ${LOCKED} -A scripts/demo.ts`],
  ok: ["fmt --check", "lint", `check ${LOCKED}`, ...TEST],
  test: TEST,
  build: [`run ${LOCKED} -A scripts/build.ts`],
  smoke: [`run ${LOCKED} -A scripts/smoke.ts`],
  bench: [`run ${LOCKED} -A scripts/bench.ts`],
  release: [`run ${LOCKED} -A scripts/release_files.ts`],
  size: [`run ${LOCKED} -A scripts/size.ts`],
};

function say(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}

const env = environment(Deno.env.toObject());

/** Certificates and caches of the machine, in the words that Deno reads; wherever a program runs, its cache is the same. */
function environment(machine: Record<string, string>): Record<string, string> {
  const ca = machine.DENO_CERT || machine.SSL_CERT_FILE || machine.NODE_EXTRA_CA_CERTS;
  return {
    DENO_DIR: machine.MACHINE_DENO_DIR || `${Deno.cwd()}/.cache/deno`,
    ...(ca ? { DENO_CERT: ca } : {}),
  };
}

async function deno(command: string, ...more: readonly string[]): Promise<void> {
  const args = [...command.split(" "), ...more].map((word) => word.replace("THIS_DENO", Deno.execPath()));
  const { code } = await new Deno.Command(Deno.execPath(), { args, env }).spawn().status;
  if (code !== 0) Deno.exit(code);
}

async function setUp(): Promise<void> {
  const stamp = ".cache/packages.stamp";
  const wanted = await Deno.readTextFile("deno.lock");
  const have = await Deno.readTextFile(stamp).catch(() => "");
  if (have !== wanted) {
    say("Fetching the packages that deno.lock names (once)");
    await deno(`cache ${LOCKED} main.ts scripts/demo.ts scripts/kedro_image.ts tests`);
    await Deno.mkdir(".cache", { recursive: true });
    await Deno.writeTextFile(stamp, wanted);
  }
  await deno(`run ${LOCKED} -A scripts/kedro_image.ts`);
}

const [name = "", ...rest] = Deno.args;
const steps = TASKS[name];
if (steps === undefined) {
  say(`There is no task "${name}"; there are ${Object.keys(TASKS).join(", ")}`);
  Deno.exit(2);
}
await setUp();
for (const step of steps) await deno(step, ...rest);
