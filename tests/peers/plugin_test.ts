import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { cp } from "node:fs/promises";
import { run } from "../../src/cli/command_line.ts";
import { exec } from "../../src/system/exec.ts";
import { systemFs } from "../../src/system/fs.ts";
import { PROJECTS } from "../cli/world.ts";
import { fakeContext } from "../fakes/context.ts";
import { TINY_SEED } from "../fakes/seed.ts";
import { REAL_CLOCK } from "../system/served.ts";
import { signIn, withAzureCli, withoutAzureCli } from "./azure_cli.ts";
import { peerPath, peerTest, skippedWithout } from "./peer.ts";

const KEDRO = peerPath("plugin/bin/kedro");
const skipped = withoutAzureCli || skippedWithout("plugin/bin/kedro");

peerTest("plugin submits, follows and schedules with the emulator", skipped, async () => {
  await withAzureCli({ seed: TINY_SEED, clock: REAL_CLOCK }, async (world) => {
    await signIn(world);
    const cwd = `${world.folder}/tiny`;
    await cp(`${PROJECTS}tiny`, cwd, { recursive: true });
    const env = {
      ...world.env,
      PATH: `${world.folder}/bin:/usr/bin:/bin`,
      HOME: world.folder,
      AZURE_TOKEN_CREDENTIALS: "AzureCliCredential",
      KEDRO_DISABLE_TELEMETRY: "1",
    };
    const kedro = (...args: readonly string[]) => exec(KEDRO, ["azureml", ...args], { env, cwd });
    const submitted = await kedro("run", "-j", "main", "--wait-for-completion");
    strictEqual(submitted.status, 0, `${submitted.stdout}${submitted.stderr}`);
    match(submitted.stdout, /Run summary: 1 succeeded, 0 failed/);
    const scheduled = await kedro("schedule", "-j", "nightly");
    strictEqual(scheduled.status, 0, `${scheduled.stdout}${scheduled.stderr}`);

    const ours = async (...line: readonly string[]) => {
      const { clock, exec, fetch } = world.ctx;
      const fake = fakeContext({ cwd, fs: systemFs, env: world.env, fetch, exec });
      strictEqual(await run([...line, "--json"], { ...fake, clock }), 0, fake.stderr());
      return JSON.parse(fake.stdout());
    };
    const jobs = await ours("job", "list");
    deepStrictEqual(
      jobs.map((job: Record<string, string>) => [job.displayName, job.experimentName, job.status]),
      [["Tiny run", "tiny-exp", "Completed"]],
    );
    const [schedule] = await ours("schedule", "list");
    deepStrictEqual([schedule.schedule, schedule.trigger.expression], ["nightly", "0 2 * * *"]);
  });
});
