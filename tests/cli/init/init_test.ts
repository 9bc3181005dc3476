import { openApp } from "../../../src/cli/terminal/open_app.ts";
import assert from "node:assert/strict";
import { parseIgnoreFile } from "../../../src/azureml/code/ignore_file.ts";
import { init } from "../../../src/cli/init/init.ts";
import { AMLIGNORE } from "../../../src/app/init/templates.ts";
import { loadConfig } from "../../../src/config/azureml/load.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../../src/config/layers/settings.ts";
import { fakeContext } from "../../fakes/context.ts";
import { SUBSCRIPTION_ID } from "../../fakes/seed.ts";

const PROJECT = {
  "/project/pyproject.toml":
    '[tool.kedro]\npackage_name = "shop"\nproject_name = "Shop"\nkedro_init_version = "1.7.0"\nsource_dir = "src"\n',
  "/project/src/shop/settings.py": "",
  "/project/conf/base/catalog.yml": "",
  "/project/conf/local/.gitkeep": "",
};

Deno.test("init writes files that load, filled in with what it was told", async () => {
  const ctx = fakeContext({ files: PROJECT });
  const output = await init(openApp(ctx, {}), {
    subscriptionId: SUBSCRIPTION_ID,
    resourceGroup: 'rg "odd" ${x} \\ é',
    workspace: "ws",
    compute: "cpu",
    environment: "env:3",
  });
  assert.deepEqual(output.data, { written: ["conf/base/azureml.yml", ".amlignore"], kept: [] });
  const { azureml } = await loadConfig(ctx, {
    root: "/project",
    env: "local",
    settings: DEFAULT_LOADER_SETTINGS,
  });
  assert.deepEqual(azureml.workspace.__default__, {
    subscription_id: SUBSCRIPTION_ID,
    resource_group: 'rg "odd" ${x} \\ é',
    name: "ws",
  });
  assert.equal(azureml.compute.__default__!.cluster_name, "cpu");
  assert.deepEqual(azureml.execution, {
    environment: "env:3",
    code_directory: ".",
    working_directory: null,
  });
  assert.deepEqual(Object.keys(azureml.jobs), ["main"]);
  assert.equal(output.text.includes("<…>"), false);
});

Deno.test("init without values writes placeholders, and says so", async () => {
  const ctx = fakeContext({ files: PROJECT });
  const output = await init(openApp(ctx, {}), {});
  assert.match(output.text, /fill in what stands in <…> in conf\/base\/azureml\.yml/);
  const { azureml } = await loadConfig(ctx, {
    root: "/project",
    env: "local",
    settings: DEFAULT_LOADER_SETTINGS,
  });
  assert.equal(azureml.workspace.__default__!.name, "<workspace>");
});

Deno.test("init overwrites nothing, and says what it kept", async () => {
  const files = { ...PROJECT, "/project/conf/base/azureml.yml": "mine", "/project/.amlignore": "" };
  const ctx = fakeContext({ files });
  const output = await init(openApp(ctx, {}), { workspace: "ws" });
  assert.deepEqual(output.data, { written: [], kept: ["conf/base/azureml.yml", ".amlignore"] });
  assert.equal(await ctx.fs.readText("/project/conf/base/azureml.yml"), "mine");
  assert.equal(await ctx.fs.readText("/project/.amlignore"), "");
  assert.match(output.text, /Kept \.amlignore/);
});

Deno.test("init -e writes for an environment that has a folder, and makes none for another", async () => {
  const ctx = fakeContext({ files: PROJECT });
  await init(openApp(ctx, {}), { env: "local" });
  assert(ctx.files.has("/project/conf/local/azureml.yml"));
  await assert.rejects(init(openApp(ctx, {}), { env: "lcoal" }), { code: "init.no_folder" });
});

Deno.test("init in a read-only folder says which file could not be written, and why", async () => {
  const { fs } = fakeContext({ files: PROJECT });
  const readOnly = { ...fs, writeText: () => Promise.reject(new Deno.errors.PermissionDenied("no")) };
  await assert.rejects(init(openApp(fakeContext({ fs: readOnly }), {}), {}), {
    code: "file.not_written",
    message: 'Cannot write "conf/base/azureml.yml": permission denied',
  });
});

Deno.test("init outside of a project writes nothing", async () => {
  const ctx = fakeContext({ files: { "/project/readme.md": "" } });
  await assert.rejects(init(openApp(ctx, {}), {}), { code: "project.not_found" });
  assert.deepEqual([...ctx.files.keys()], ["/project/readme.md"]);
});

Deno.test(".amlignore leaves out data, secrets and caches, and keeps what steps need", () => {
  const rules = parseIgnoreFile(AMLIGNORE, ".amlignore");
  const out = [
    "data/01_raw/a.csv",
    "conf/local/credentials.yml",
    "conf/base/credentials_dev.yml",
    "conf/local/deep/credentials.yml",
    ".env",
    ".git/config",
    ".venv/lib/a.py",
    "src/shop/__pycache__/a.pyc",
    "logs/info.log",
    "mlruns/0/meta.yaml",
  ];
  const kept = [
    "conf/local/.gitkeep",
    "conf/local/parameters.yml",
    "conf/base/azureml.yml",
    "src/shop/data/a.py",
    "src/shop/env/a.py",
    "src/shop/logs/a.py",
    "pyproject.toml",
    "requirements.txt",
  ];
  assert.deepEqual(out.filter((path) => rules.excludedBy(path) === undefined), []);
  assert.deepEqual(kept.filter((path) => rules.excludedBy(path) !== undefined), []);
});
