import { fileURLToPath } from "node:url";
import { deepStrictEqual as assertEquals, match, ok, strictEqual } from "node:assert/strict";
import { runProgram } from "../../scripts/shared/run_program.ts";
import { PROJECTS } from "../cli/world.ts";
import { GOLDEN_SEED, SIGNED_IN } from "../fakes/seed.ts";
import { type AzureBehindProxy, openAzureBehindProxy, USER } from "./azure_behind_proxy.ts";
import { hasOpenssl } from "./network.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Program under test, such as the executable (default: this checkout). */
const PROGRAM = Deno.env.get("KEDRO_AZUREML_PROGRAM");

function behindProxy(name: string, test: (world: AzureBehindProxy) => Promise<void>): void {
  Deno.test({ name, ignore: !hasOpenssl() }, async () => {
    const world = await openAzureBehindProxy({
      seed: GOLDEN_SEED,
      pace: { prepareMs: 0, stepMs: 0, parallelSteps: 9, cancelMs: 0 },
    });
    try {
      await test(world);
    } finally {
      await world.close();
    }
  });
}

/** Runs the program as a process with only the variables of `env`; the word CA is replaced by `ca`, a path. */
async function run(line: string, env: Record<string, string>, ca = "") {
  const { HOME = "", DENO_DIR = "", PATH = "" } = Deno.env.toObject();
  const source = ["run", "-A", `--lock=${ROOT}deno.lock`, `--config=${ROOT}deno.json`, `${ROOT}main.ts`];
  const start = PROGRAM === undefined ? source : [];
  return await runProgram(PROGRAM ?? Deno.execPath(), [
    ...start,
    ...line.split(" ").map((word) => word === "CA" ? ca : word),
  ], {
    cwd: `${PROJECTS}tiny`,
    env: {
      HOME,
      PATH,
      ...(DENO_DIR && { DENO_DIR }),
      NO_COLOR: "1",
      CI: "1",
      DENO_NO_UPDATE_CHECK: "1",
      ...SIGNED_IN,
      ...env,
    },
    clearEnv: true,
  });
}

/** Asserts that the output has no password of the proxy in any form, and no client secret. */
function assertNoSecret({ stdout, stderr }: { stdout: string; stderr: string }): void {
  const login = btoa(`${USER.name}:${USER.password}`);
  const secrets = [USER.password, encodeURIComponent(USER.password), login, SIGNED_IN.AZURE_CLIENT_SECRET];
  for (const secret of secrets) ok(!(stdout + stderr).includes(secret), secret);
  ok(!/eyJ|[?&]sig=(?!\*)/.test(stdout + stderr));
}

behindProxy("submit works through an intercepting proxy", async (world) => {
  const ended = await run(
    "--ca-file CA submit -j main --allow dataset.not_uploaded --wait-for-completion --verbose",
    { HTTPS_PROXY: world.proxy },
    world.ca,
  );
  strictEqual(ended.code, 0, ended.stderr);
  match(ended.stdout, /Completed/);
  assertNoSecret(ended);
  const hosts = [...new Set(world.asked.map(({ target }) => target))].sort();
  assertEquals(hosts, [
    "eastus.api.azureml.ms:443",
    "emulatorstore1.blob.core.windows.net:443",
    "login.microsoftonline.com:443",
    "management.azure.com:443",
  ]);
  ok(world.asked.every(({ status }) => status === 200));
  assertEquals(world.overheard, []);
  ok(world.azure.blobs().size > 0);
});

behindProxy("submit suggests --ca-file for an untrusted certificate", async (world) => {
  const ended = await run("submit -j main --allow dataset.not_uploaded", { HTTPS_PROXY: world.proxy });
  strictEqual(ended.code, 6, ended.stderr);
  match(ended.stderr, /certificate that this machine does not trust/);
  match(ended.stderr, /--ca-file/);
  assertNoSecret(ended);
});

behindProxy("submit never prints a wrong password of the proxy", async (world) => {
  const wrong = world.proxy.replace("%231", "%232");
  const ended = await run("submit -j main --allow dataset.not_uploaded --verbose --ca-file CA", {
    HTTPS_PROXY: wrong,
  }, world.ca);
  strictEqual(ended.code, 6, ended.stderr);
  match(
    ended.stderr,
    /the proxy 127\.0\.0\.1:\d+ of HTTPS_PROXY requires a user name and password, or rejected them/,
  );
  strictEqual(world.asked.length, 1, "it was tried again");
  const said = ended.stdout + ended.stderr;
  ok(!said.includes("p%40ss") && !said.includes("p@ss") && !said.includes(btoa("ada:p@ss:w/rd#2%")));
});

/** Returns the status of each check of `doctor --json`, by id. */
function checkStatuses({ stdout }: { stdout: string }): Readonly<Record<string, string>> {
  const { checks } = JSON.parse(stdout) as { checks: { id: string; status: string }[] };
  return Object.fromEntries(checks.map(({ id, status }) => [id, status]));
}

behindProxy(
  "doctor lists the workspace's hosts through a proxy",
  async (world) => {
    const ended = await run("--ca-file CA doctor --json --verbose", { HTTPS_PROXY: world.proxy }, world.ca);
    strictEqual(ended.code, 0, ended.stdout + ended.stderr);
    assertNoSecret(ended);
    const { endpoints, checks } = JSON.parse(ended.stdout);
    deepIncludes(endpoints.map(({ host }: { host: string }) => host), [
      "eastus.api.azureml.ms",
      "emulatorstore1.blob.core.windows.net",
    ]);
    match(checks.find(({ id }: { id: string }) => id === "entra.tls").message, /< private-ca, until 2\d{3}-/);
  },
);

function deepIncludes(all: readonly string[], wanted: readonly string[]): void {
  assertEquals(wanted.filter((one) => !all.includes(one)), []);
}

behindProxy("doctor shows the certificate of an intercepting proxy", async (world) => {
  const ended = await run("doctor", { HTTPS_PROXY: world.proxy });
  strictEqual(ended.code, 6, ended.stdout + ended.stderr);
  match(ended.stdout, /First failure: Entra ID: TLS/);
  match(ended.stdout, /issued by "private-ca"/);
  match(ended.stdout, /--ca-file/);
  assertNoSecret(ended);
});

behindProxy("doctor never prints a wrong password of the proxy", async (world) => {
  const ended = await run("--ca-file CA doctor --json", {
    HTTPS_PROXY: world.proxy.replace("%231", "%232"),
  }, world.ca);
  strictEqual(ended.code, 6);
  assertEquals([checkStatuses(ended)["entra.proxy"], checkStatuses(ended)["token"]], ["failed", "skipped"]);
  ok(!/p@ss|p%40ss/.test(ended.stdout + ended.stderr));
});
