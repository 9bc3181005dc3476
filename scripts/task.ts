/**
 * Runs one of the checkout's tasks after setting up what it needs: packages, and the image of the embedded Kedro.
 *
 * Imports nothing from a registry, because it is what fetches from there, with the machine's certificates. That is
 * also why packages stand in `import_map.json` and the lock file is named here: `deno task` by itself fetches all that
 * deno.json and its lock file name, before anything of ours runs. `deno.json` puts `DENO_DIR` below the checkout, so
 * that nothing is left behind elsewhere; a `DENO_DIR` that the machine set wins.
 */

import { SYSTEM_GROUPS, TEST_GROUPS, writeTestGroups } from "./test_groups.ts";
import { say, withSigns } from "./shared/run_program.ts";

const LOCKED = "--lock=deno.lock --frozen";

/** Room for new objects: collecting them takes a sixth of the time of tests otherwise. */
const ROOM = "--v8-flags=--min-semi-space-size=64,--max-semi-space-size=128";

/** Types are checked once, by a step of their own, whose answer Deno keeps until a file changes. */
const RUN_TESTS = `test ${LOCKED} --no-check ${ROOM}`;

/**
 * The first two rings have no network and run no program but the reader's process, which is this Deno. The third has
 * real peers on the loopback interface, and waits for them most of the time, so it runs beside the others, in two
 * processes. In each, files run one after the other: some change what belongs to the whole process, such as its umask.
 */
const RINGS = [
  `${RUN_TESTS} --allow-read --allow-write --allow-env --allow-sys --allow-run=THIS_DENO --deny-net --parallel --no-prompt ${TEST_GROUPS}/rings`,
  ...SYSTEM_GROUPS.map((folder) => `${RUN_TESTS} -A ${TEST_GROUPS}/${folder}`),
];

/** One command, or several that run at the same time. */
type Step = string | readonly string[];

/** Tests print the same on a developer's machine and in CI: without what the tool adds in CI, but where they ask for it. */
const NO_CI = { CI: "", GITHUB_ACTIONS: "", TF_BUILD: "", GITLAB_CI: "", JENKINS_URL: "", BUILD_BUILDID: "" };

/** Builds the image of the embedded Kedro, if it is not there. */
const IMAGE = `run ${LOCKED} -A scripts/build/kedro_image.ts`;

/** What each task runs, after the set-up; a failure ends it. */
const TASKS: Record<string, readonly Step[]> = {
  setup: [],
  demo: [`run ${LOCKED} -A scripts/demo/main.ts`],
  ok: [["fmt --check", "lint", `check ${LOCKED} ${ROOM}`, IMAGE], RINGS],
  test: [[`check ${LOCKED} ${ROOM} tests`, IMAGE], RINGS],
  docs: [`run ${LOCKED} -A scripts/docs/tables.ts`, "fmt -q README.md docs"],
  build: [`run ${LOCKED} -A scripts/build/main.ts`],
  smoke: [`run ${LOCKED} -A scripts/smoke/main.ts`],
  bench: [`run ${LOCKED} -A scripts/bench/main.ts`],
  release: [`run ${LOCKED} -A scripts/release/main.ts`],
  peers: [`run ${LOCKED} -A scripts/peers/main.ts`],
};

/** Whether a step builds the image beside others, so that the set-up need not. */
function buildsImage(step: Step | undefined): boolean {
  return typeof step === "object" && step.includes(IMAGE);
}

const env = environment(Deno.env.toObject());

/**
 * The machine's certificates, in the words of each program that fetches: Deno, npm, pip and uv; a company's proxy that
 * inspects TLS is often named to one of them only. And Deno's cache, which is the same wherever a program runs.
 */
function environment(machine: Record<string, string>): Record<string, string> {
  const names = ["DENO_CERT", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "PIP_CERT"];
  const file = names.map((name) => machine[name]).find(Boolean);
  return {
    ...(file && Object.fromEntries(names.map((name) => [name, machine[name] || file]))),
    DENO_TLS_CA_STORE: machine.DENO_TLS_CA_STORE || "mozilla,system",
    UV_NATIVE_TLS: machine.UV_NATIVE_TLS || "1",
    UV_SYSTEM_CERTS: machine.UV_SYSTEM_CERTS || "1",
    DENO_DIR: machine.MACHINE_DENO_DIR || `${Deno.cwd()}/.cache/deno`,
    DENO_NO_UPDATE_CHECK: "1",
  };
}

async function deno(step: Step, ...more: readonly string[]): Promise<void> {
  const commands = typeof step === "string" ? [step] : step;
  const runs = commands.map((command, at) =>
    start([...command.split(" "), ...more].map((word) => word.replace("THIS_DENO", Deno.execPath())), at > 0)
  );
  const codes: number[] = [];
  for (const run of runs) {
    const { code, show } = await run;
    show();
    codes.push(code);
  }
  const failed = codes.find((code) => code !== 0);
  if (failed !== undefined) Deno.exit(failed);
}

/** Runs Deno; what it prints is held back until `show` is called where `isHeld`. */
async function start(
  args: readonly string[],
  isHeld: boolean,
): Promise<{ readonly code: number; show(): void }> {
  const stdio = isHeld ? "piped" : "inherit";
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: args[0] === "test" ? { ...env, ...NO_CI } : env,
    stdout: stdio,
    stderr: stdio,
  });
  if (!isHeld) return { code: (await command.spawn().status).code, show() {} };
  const { code, stdout, stderr } = await command.output();
  return {
    code,
    show() {
      writeAll(Deno.stdout, stdout);
      writeAll(Deno.stderr, stderr);
    },
  };
}

function writeAll(to: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += to.writeSync(bytes.subarray(at));
}

async function setUp(): Promise<void> {
  await deno("run -A scripts/build/page_client.ts");
  const wanted = await Deno.readTextFile("deno.lock");
  const has = async (stamp: string) => await Deno.readTextFile(stamp).catch(() => "") === wanted;
  const [all, few] = [".cache/packages.stamp", ".cache/demo.stamp"];
  const isDemo = name === "demo";
  if (!await has(all) && !(isDemo && await has(few))) {
    say("Fetching the packages that deno.lock names (once)");
    // Quiet: what Deno says of each package is of no use to the reader.
    await withSigns(deno(
      `cache --quiet ${LOCKED} main.ts scripts/demo/main.ts scripts/build/kedro_image.ts${
        isDemo ? "" : " tests"
      }`,
    ));
    await Deno.mkdir(".cache", { recursive: true });
    await Deno.writeTextFile(isDemo ? few : all, wanted);
  }
  if (buildsImage(steps?.[0])) return;
  const hasSteps = isDemo && Deno.build.os !== "windows";
  await withSigns(Promise.all([
    deno(IMAGE),
    ...hasSteps ? [deno(`run ${LOCKED} -A scripts/demo/step_python.ts`)] : [],
  ]));
}

const [name = "", ...rest] = Deno.args;
/** `deno task test tests/FILE…` runs these files alone, without a check of their types, which takes longer. */
const namesFiles = name === "test" && rest.some((word) => /^(\.\/)?tests\//.test(word));
if (name === "ok" || name === "test") await writeTestGroups();
const steps = namesFiles ? [`${RUN_TESTS} -A`] : TASKS[name];
if (steps === undefined) {
  say(`There is no task "${name}"; there are ${Object.keys(TASKS).join(", ")}`);
  Deno.exit(2);
}
await setUp();
for (const step of steps) {
  const done = deno(step, ...(step === steps.at(-1) ? rest : []));
  await (buildsImage(step) ? withSigns(done) : done);
}
