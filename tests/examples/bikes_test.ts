import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { parse } from "yaml";
import { createEmulator } from "../fakes/emulator.ts";
import { environmentFiles } from "../../src/app/setup/environment.ts";
import { run } from "../../src/cli/command_line.ts";
import { azuremlJsonSchema } from "../../src/config/schema.ts";
import { findProject } from "../../src/kedro/project.ts";
import { systemFs } from "../../src/system/fs.ts";
import { fakeContext } from "../fakes/context.ts";
import { SERVICE_PRINCIPAL, SIGNED_IN } from "../fakes/seed.ts";

/** The workspace in the example's azureml.yml. */
const WORKSPACE = {
  subscription_id: "00000000-1111-2222-3333-444444444444",
  resource_group: "rg-bikes",
  name: "ws-bikes",
};

const PROJECT = fileURLToPath(new URL("../../examples/bikes", import.meta.url));

Deno.test("validate has no findings for the example", async () => {
  const ctx = fakeContext({ fs: systemFs, cwd: PROJECT });
  assert.equal(await run(["validate", "--strict", "--json"], ctx), 0, ctx.stdout());
  const { findings, jobs } = JSON.parse(ctx.stdout());
  assert.deepEqual(jobs, ["main", "nightly", "preparation"]);
  assert.deepEqual(findings.filter(({ severity }: { severity: string }) => severity !== "note"), []);
});

Deno.test("example has the files of init --environment", async () => {
  const ctx = fakeContext({ fs: systemFs, cwd: PROJECT });
  const { name, files, skipped } = await environmentFiles(ctx, await findProject(ctx, PROJECT));
  assert.deepEqual(skipped, []);
  for (const [path, text] of Object.entries(files)) {
    assert.equal(await Deno.readTextFile(`${PROJECT}/${path}`), text, path);
  }
  const { execution } = parse(await Deno.readTextFile(`${PROJECT}/conf/base/azureml.yml`));
  assert.equal(execution.environment, `${name}@latest`);
});

Deno.test("example has the current schema of azureml.yml", async () => {
  const text = await Deno.readTextFile(`${PROJECT}/.vscode/azureml.schema.json`);
  const hint = "run `kedro-azureml config schema > examples/bikes/.vscode/azureml.schema.json`";
  assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(azuremlJsonSchema())), hint);
});

Deno.test("setup --dry-run plans the computes, environment and data assets of the example", async () => {
  const azure = createEmulator({ seed: { ...SERVICE_PRINCIPAL, workspaces: [WORKSPACE] } });
  const ctx = fakeContext({
    fs: systemFs,
    cwd: PROJECT,
    env: SIGNED_IN,
    fetch: (request) => azure.fetch(request),
  });
  assert.equal(await run(["setup", "--dry-run", "--json"], ctx), 0, ctx.stderr());
  const { create } = JSON.parse(ctx.stdout());
  assert.deepEqual(create.map(({ kind, name, path }: Record<string, string>) => [kind, name, path]), [
    ["compute", "cpu-cluster", undefined],
    ["compute", "memory-cluster", undefined],
    ["environment", "bikes-env", undefined],
    ["data", "bikes-rides", "data/01_raw/rides.csv"],
    ["data", "bikes-weather", "data/01_raw/weather.csv"],
  ]);
});
