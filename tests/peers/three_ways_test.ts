import assert from "node:assert/strict";
import { exec } from "../../src/system/exec.ts";
import { REAL_CLOCK } from "../system/served.ts";
import { signIn, withAzureCli, withoutAzureCli } from "./azure_cli.ts";
import { outputsIn, PLUGIN_VENV, rehearse, withoutPlugin, writeShop } from "./rehearsal.ts";
import { peerTest } from "./peer.ts";

/** Returns the result that `kedro run` writes to a local file. */
async function kedroResult(): Promise<string> {
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

const SEED = {
  workspaces: [{ subscription_id: "11111111-2222-3333-4444-555555555555", resource_group: "rg", name: "ws" }],
  computes: ["cpu"],
  environments: [{ name: "env", versions: ["1"] }],
};

/** Returns the result of a job that the plugin submits to an emulator that runs steps. */
async function pluginResult(): Promise<string> {
  let result = "";
  await withAzureCli({ seed: SEED, clock: REAL_CLOCK, bin: `${PLUGIN_VENV}/bin` }, async (world) => {
    await signIn(world);
    const cwd = `${world.folder}/shop`;
    // The plugin requires a non-empty file there.
    await writeShop(cwd, { "conf/local/parameters.yml": "of: nobody\n" });
    const env = {
      ...world.env,
      PATH: `${world.folder}/bin:/usr/bin:/bin`,
      HOME: world.folder,
      AZURE_TOKEN_CREDENTIALS: "AzureCliCredential",
      DO_NOT_TRACK: "1",
    };
    const args = ["azureml", "run", "-j", "main", "--wait-for-completion"];
    const run = await exec(`${PLUGIN_VENV}/bin/kedro`, args, { cwd, env, clearEnv: true });
    assert.equal(run.status, 0, `${run.stdout}${run.stderr}`);
    result = (await outputsIn(`${world.folder}/steps/runs`))["total/result/result.json"]!;
  });
  return result;
}

const skipped = withoutPlugin || withoutAzureCli;

peerTest("kedro run, the plugin's job and rehearse produce the same bytes", skipped, async () => {
  const { outputs, text } = await rehearse({});
  const ours = outputs["total/result/result.json"];
  assert.equal(ours, await kedroResult(), text);
  assert.equal(ours, await pluginResult());
});
