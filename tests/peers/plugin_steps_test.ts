import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { run } from "../../src/cli/run.ts";
import { exec } from "../../src/system/exec.ts";
import { systemFs } from "../../src/system/fs.ts";
import { fakeContext } from "../fakes/context.ts";
import { REAL_CLOCK } from "../system/served.ts";
import { signIn, withAzureCli, withoutAzureCli } from "./azure_cli.ts";
import { PLUGIN_VENV, SHOP, withoutPlugin } from "./rehearsal.ts";
import { peerPath } from "./peer.ts";

const SEED = {
  workspaces: [{ subscription_id: "0", resource_group: "rg", name: "ws" }],
  computes: ["cpu"],
  environments: [{ name: "env", versions: ["1"] }],
};
const skipped = withoutAzureCli || withoutPlugin;

Deno.test({
  name:
    `a project gives the same result by kedro run, submitted by the plugin, and submitted by us${skipped}`,
  ignore: skipped !== "",
  // Clients keep connections, which nobody closes.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const options = { seed: SEED, clock: REAL_CLOCK, bin: `${PLUGIN_VENV}/bin` };
    await withAzureCli(options, async (world) => {
      await signIn(world);
      const cwd = `${world.folder}/shop`;
      // The plugin asks whether to go on where the environment's folder has only empty files.
      const files = { ...SHOP, "conf/local/parameters.yml": "{}\n" };
      for (const [path, text] of Object.entries(files)) await systemFs.writeText(`${cwd}/${path}`, text);
      const env = {
        ...world.env,
        PATH: `${peerPath("azcli/bin")}:/usr/bin:/bin`,
        HOME: world.folder,
        AZURE_TOKEN_CREDENTIALS: "AzureCliCredential",
        KEDRO_DISABLE_TELEMETRY: "1",
      };
      const kedro = async (...args: readonly string[]) => {
        const { status, stdout, stderr } = await exec(`${PLUGIN_VENV}/bin/kedro`, args, { env, cwd });
        strictEqual(status, 0, `${stdout}${stderr}`);
        return stdout;
      };
      await kedro("run");
      const local = await Deno.readFile(`${cwd}/data/result.json`);

      const submitted = await kedro("azureml", "run", "-j", "main", "--wait-for-completion");
      match(submitted, /Run summary: 1 succeeded, 0 failed/);
      const { fetch, exec: execAz } = world.ctx;
      const ours = fakeContext({ cwd, fs: systemFs, env: world.env, fetch, exec: execAz });
      const exit = await run(["submit", "main", "--wait"], { ...ours, clock: REAL_CLOCK });
      strictEqual(exit, 0, `${ours.stdout()}${ours.stderr()}`);

      const results: string[] = [];
      for await (const { path } of systemFs.walk(`${world.folder}/steps/runs`, () => true)) {
        if (/\/outputs\/result\/result\.json$/.test(path)) results.push(path);
      }
      strictEqual(results.length, 2);
      for (const path of results) deepStrictEqual(await Deno.readFile(path), local);
    });
  },
});
