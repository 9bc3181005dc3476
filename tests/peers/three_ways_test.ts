import assert from "node:assert/strict";
import { startEmulator } from "../../src/app/emulator/server.ts";
import { exec } from "../../src/system/exec.ts";
import { systemFs } from "../../src/system/fs.ts";
import { serve } from "../../src/system/serve.ts";
import { fakeContext } from "../fakes/context.ts";
import { REAL_CLOCK } from "../system/served.ts";
import { outputsIn, PLUGIN_VENV, rehearsed, withoutPlugin, writeShop } from "./rehearsal.ts";

/** The result as `kedro run` writes it into a local file. */
async function byKedro(): Promise<string> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  const local = "result:\n  type: json.JSONDataset\n  filepath: data/result.json\n";
  await writeShop(folder, { "conf/base/catalog.yml": local });
  const env = { PATH: "/usr/bin:/bin", HOME: folder, DO_NOT_TRACK: "1" };
  const run = await exec(`${PLUGIN_VENV}/bin/kedro`, ["run"], { cwd: folder, env, clearEnv: true });
  assert.equal(run.status, 0, run.stderr);
  const text = await Deno.readTextFile(`${folder}/data/result.json`);
  await Deno.remove(folder, { recursive: true });
  return text;
}

/** The result of the job that the plugin itself submits to an emulator that runs steps. */
async function byPlugin(): Promise<string> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  const cwd = `${folder}/shop`;
  const stop = new AbortController();
  const fake = fakeContext({ cwd: folder, fs: systemFs, exec, serve, signal: stop.signal });
  const random = { uuid: () => crypto.randomUUID(), number: () => Math.random() };
  const server = await startEmulator({ ...fake, clock: REAL_CLOCK, random }, {
    seed: {
      workspaces: [{ subscription_id: "0", resource_group: "rg", name: "ws" }],
      computes: ["cpu"],
      environments: [{ name: "env", versions: ["1"] }],
    },
    caFile: "ca.pem",
    run: { folder: `${folder}/steps`, bin: `${PLUGIN_VENV}/bin`, parallelSteps: 2 },
  });
  try {
    // The plugin asks for a file in there that is not empty.
    await writeShop(cwd, { "conf/local/parameters.yml": "of: nobody\n" });
    const env = {
      ...server.ready.env,
      PATH: "/usr/bin:/bin",
      HOME: folder,
      DO_NOT_TRACK: "1",
      AZURE_TOKEN_CREDENTIALS: "EnvironmentCredential",
    };
    const args = ["azureml", "run", "-j", "main", "--wait-for-completion"];
    const run = await exec(`${PLUGIN_VENV}/bin/kedro`, args, { cwd, env, clearEnv: true });
    assert.equal(run.status, 0, `${run.stdout}${run.stderr}`);
    return (await outputsIn(`${folder}/steps/runs`))["total/result/result.json"]!;
  } finally {
    await server.cleanUp();
    stop.abort();
    await exec("chmod", ["-R", "u+rwX", folder]);
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: `kedro run, the plugin's own job and ours give the same bytes${withoutPlugin}`,
  ignore: withoutPlugin !== "",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const { outputs, text } = await rehearsed({});
    const ours = outputs["total/result/result.json"];
    assert.equal(ours, await byKedro(), text);
    assert.equal(ours, await byPlugin());
  },
});
