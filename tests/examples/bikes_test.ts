import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { parse } from "yaml";
import { environmentFiles } from "../../src/app/init/environment.ts";
import { run } from "../../src/cli/run.ts";
import { azuremlJsonSchema } from "../../src/config/azureml/json_schema.ts";
import { findProject } from "../../src/kedro/project.ts";
import { systemFs } from "../../src/system/fs.ts";
import { fakeContext } from "../fakes/context.ts";

/** Compared fields of a catalog entry. */
interface Asset {
  readonly azureml_dataset?: string;
  readonly azureml_type?: string;
  readonly root_dir: string;
  readonly dataset: { readonly filepath: string };
}

const PROJECT = fileURLToPath(new URL("../../examples/bikes", import.meta.url));

Deno.test("example validates without errors or warnings", async () => {
  const ctx = fakeContext({ fs: systemFs, cwd: PROJECT });
  assert.equal(await run(["validate", "--strict", "--json"], ctx), 0, ctx.stdout());
  const { findings, jobs } = JSON.parse(ctx.stdout());
  assert.deepEqual(jobs, ["main", "nightly", "preparation"]);
  assert.deepEqual(findings.filter(({ severity }: { severity: string }) => severity !== "note"), []);
});

Deno.test("example has the environment files of init --environment", async () => {
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

Deno.test("example README creates every data asset of the catalog", async () => {
  const catalog = parse(await Deno.readTextFile(`${PROJECT}/conf/base/catalog.yml`));
  const readme = await Deno.readTextFile(`${PROJECT}/README.md`);
  for (
    const { azureml_dataset: name, azureml_type: type, root_dir, dataset } of Object.values<Asset>(catalog)
  ) {
    if (name === undefined) continue;
    const line = `az ml data create --name ${name} --type ${type} --path ${root_dir}/${dataset.filepath} `;
    assert.ok(readme.includes(line), line);
  }
});
