import assert from "node:assert/strict";
import { run } from "../../../src/cli/command_line.ts";
import { maskCredentials } from "../../../src/config/conf_files.ts";
import type { ProjectSnapshot } from "../../../src/kedro/snapshot.ts";
import { projectOf, readProject } from "./read.ts";

const PIPELINE = `from kedro.pipeline import node, pipeline
def register_pipelines():
    return {"__default__": pipeline([node(print, "a", "b", name="one")])}
`;

const SETTINGS = `from shop.context import ShopContext
CONTEXT_CLASS = ShopContext
`;

const CONTEXT = `from kedro.framework.context import KedroContext
class ShopContext(KedroContext):
    def __init__(self, *args, **settings):
        raise RuntimeError("no license")
`;

const BROKEN = { "src/shop/settings.py": SETTINGS, "src/shop/context.py": CONTEXT };

Deno.test("snapshot() warns if the project's context fails", async () => {
  const snapshot = await readProject(projectOf(PIPELINE, BROKEN), { lenient: true });
  assert.deepEqual(snapshot.pipelines.__default__!.nodes.map(({ name }) => name), ["one"]);
  assert.deepEqual([snapshot.catalog, snapshot.parameters], [{}, {}]);
  const warning = snapshot.warnings.find(({ code }) => code === "kedro.context")!;
  assert.match(warning.message, /RuntimeError: no license/);
  assert.deepEqual(warning.place, { file: "src/shop/context.py", line: 4 });
});

Deno.test("snapshot() falls back to settings.py if the config loader fails", async () => {
  const settings = `from kedro.config import OmegaConfigLoader
class Loader(OmegaConfigLoader):
    def __init__(self, *args, **settings):
        raise RuntimeError("no vault")
CONFIG_LOADER_CLASS = Loader
CONFIG_LOADER_ARGS = {
    "base_env": "base", "default_run_env": "dev", "config_patterns": {"mlflow": ["mlflow*"]},
    "merge_strategy": {"parameters": "soft"}, "custom_resolvers": {"today": lambda: "x"},
}
`;
  const { project, pipelines } = await readProject(
    projectOf(PIPELINE, { "src/shop/settings.py": settings }),
    {
      lenient: true,
    },
  );
  assert.deepEqual(Object.keys(pipelines), ["__default__"]);
  assert.deepEqual(project.settings, {
    conf_source: "conf",
    config_loader_class: "shop.settings:Loader",
    base_env: "base",
    default_run_env: "dev",
    config_patterns: { mlflow: ["mlflow*"] },
    merge_strategy: { parameters: "soft" },
    custom_resolvers: ["today"],
  });
});

Deno.test("compile exits 3 if the project's context fails", async () => {
  const files = {
    ...BROKEN,
    "conf/base/azureml.yml":
      "workspace:\n  __default__: {subscription_id: s, resource_group: r, name: n}\ncompute:\n  __default__: {cluster_name: c}\n" +
      "execution: {environment: 'e:1'}\njobs:\n  main: {pipeline: {}}\n",
  };
  const ctx = projectOf(PIPELINE, files, { env: {} });
  assert.equal(await run(["inspect"], ctx), 0, ctx.stderr());
  assert.match(ctx.stdout(), /one/);
  assert.match(ctx.stderr(), /warning: Cannot create the project's context.*no license/);
  const other = projectOf(PIPELINE, files, { env: {} });
  assert.equal(await run(["compile", "-j", "main"], other), 3);
  assert.match(other.stderr(), /no license/);
});

const READS_CREDENTIALS = `import json
from pathlib import Path
from kedro.config import OmegaConfigLoader
from kedro.pipeline import node, pipeline

loader = OmegaConfigLoader(conf_source=str(Path.cwd() / "conf"), base_env="base", default_run_env="local")
NAME = json.dumps(loader["credentials"], sort_keys=True)
def register_pipelines():
    return {"__default__": pipeline([node(print, NAME.encode().hex(), "b")])}
`;

/** Returns what project code saw, which is the hexadecimal name of a dataset. */
function textIn(pipelines: ProjectSnapshot["pipelines"]): string {
  return new TextDecoder().decode(Uint8Array.fromHex(pipelines.__default__!.nodes[0]!.inputs[0]!));
}

const SECRETS = {
  "conf/base/credentials.yml": "base: {token: hunter2}\n",
  "conf/local/credentials.yml":
    "db: {con: 'postgresql://me:hunter2@h/db', port: 5432, ssl: true, none: null}\nlist: [hunter2, {key: hunter2}]\n" +
    "env: ${oc.env:HUNTER2}\ntext: |\n  hunter2\n  hunter2\nfloat: 2.5\n",
  "conf/local/credentials/more.yml": "more: hunter2\n",
  "conf/local/credentials_json.json": '{"json": {"key": "hunter2"}}',
};

Deno.test("snapshot() masks credential values for project code", async () => {
  const printed: string[] = [];
  const { pipelines } = await readProject(projectOf(READS_CREDENTIALS, SECRETS), {
    maskCredentials,
    onPrint: (text) => printed.push(text),
  });
  assert.deepEqual(JSON.parse(textIn(pipelines)), {
    base: { token: "masked" },
    db: { con: "masked", port: 0, ssl: false, none: null },
    env: "masked",
    float: 0,
    json: { key: "masked" },
    list: ["masked", { key: "masked" }],
    more: "masked",
    text: "masked",
  });
  assert.doesNotMatch(textIn(pipelines) + printed.join(""), /hunter2/);
});

Deno.test("inspect --json prints no credentials", async () => {
  const ctx = projectOf(READS_CREDENTIALS, {
    ...SECRETS,
    "conf/local/credentials_broken.yml": "a: [hunter2\n",
    "conf/local/credentials.txt": "hunter2",
  }, { env: {} });
  assert.equal(await run(["inspect", "--json"], ctx), 0, ctx.stderr());
  const shown = textIn(JSON.parse(ctx.stdout()).pipelines);
  assert.match(shown, /masked/);
  assert.doesNotMatch(shown + ctx.stdout() + ctx.stderr(), /hunter2/);
});

Deno.test("snapshot() hides credential files from project code", async () => {
  const registry = `import os
from kedro.pipeline import node, pipeline
def text(path):
    with open(path) as file:
        return file.read()
FOUND = [text(os.path.join(folder, name)) for folder, _, names in os.walk("conf") for name in names]
def register_pipelines():
    return {"__default__": pipeline([node(print, f"{FOUND}".encode().hex(), "b")])}
`;
  const files = {
    ...SECRETS,
    "conf/local/credentials.txt": "hunter2",
    "conf/local/credentials_x.yml": "a: [hunter2",
  };
  for (const options of [{}, { maskCredentials }]) {
    const { pipelines } = await readProject(projectOf(registry, files), options);
    assert.doesNotMatch(textIn(pipelines), /hunter2/);
  }
});

/** Settings whose hook prints what it is given. */
const HOOKED_SETTINGS = `from kedro.framework.hooks import hook_impl
from kedro.config import OmegaConfigLoader

class Hooks:
    @hook_impl
    def after_context_created(self, context):
        print(context.env, getattr(context, "_extra_params", None) or context._runtime_params)
        assert (context.project_path.name, context._package_name) == ("shop", "shop")

HOOKS = (Hooks(),)
CONFIG_LOADER_CLASS = OmegaConfigLoader
CONFIG_LOADER_ARGS = {"base_env": "base", "default_run_env": "local"}
`;

for (const version of ["0.18.14", "0.19.15", "1.7.0"]) {
  Deno.test(`snapshot() passes runtime parameters to Kedro ${version}`, async () => {
    const printed: string[] = [];
    const registry = `from kedro.pipeline import Pipeline, node
def register_pipelines():
    return {"all": Pipeline([node(lambda x, y: (x, y), ["one_in", "two_in"], ["z", "w"], name="n")])}
`;
    const { project, parameters, catalog, warnings } = await readProject(
      projectOf(registry, {
        "pyproject.toml":
          `[tool.kedro]\npackage_name = "shop"\nproject_name = "Shop"\nkedro_init_version = "${version}"\n`,
        "src/shop/settings.py": HOOKED_SETTINGS,
        "conf/base/parameters.yml": "a: 1\nb: 1\nc: 1\n",
        "conf/base/more/parameters_more.yml": "more: 1\n",
        "conf/base/parameters_parts/part.yml": "part: 1\n",
        "conf/base/catalog_parts/part.yml": "part: {type: MemoryDataset}\n",
        "conf/base/more/catalog_more.yml": 'more: {type: MemoryDataset}\n"{name}": {type: MemoryDataset}\n' +
          '"{name}_in": {type: pandas.CSVDataset, filepath: "{name}.csv"}\n',
        "conf/local/parameters.yml": "b: 0\n",
        "conf/prod/parameters.yml": "b: 2\n",
      }),
      { env: "prod", runtimeParams: { c: 3 }, onPrint: (text) => void printed.push(text) },
    );
    assert.deepEqual(parameters, { a: 1, b: 2, c: 3, more: 1, part: 1 });
    const made = (name: string) => ({ type: "pandas.CSVDataset", filepath: `${name}.csv` });
    assert.deepEqual(catalog, {
      more: { type: "MemoryDataset" },
      part: { type: "MemoryDataset" },
      one_in: made("one"),
      two_in: made("two"),
      w: { type: "MemoryDataset" },
      z: { type: "MemoryDataset" },
    });
    assert.deepEqual(printed, ["project: prod {'c': 3}\n"]);
    assert.deepEqual(
      [
        project.kedro_init_version,
        project.kedro_version,
        project.settings.base_env,
        project.settings.default_run_env,
      ],
      [version, version, "base", "local"],
    );
    assert.deepEqual(warnings.map(({ code }) => code), version === "1.7.0" ? [] : ["kedro.old"]);
  });
}

Deno.test("snapshot() warns about hooks that fail", async () => {
  const settings = `
from kedro.framework.hooks import hook_impl

class Hooks:
    @hook_impl
    def after_context_created(self, context):
        raise RuntimeError("no spark")

HOOKS = (Hooks(),)
`;
  const { pipelines, warnings } = await readProject(
    projectOf(PIPELINE, { "src/shop/settings.py": settings }),
  );
  assert.deepEqual(Object.keys(pipelines), ["__default__"]);
  assert.deepEqual(warnings, [{
    code: "kedro.hook_failed",
    message: "Cannot run the hooks of settings.py: RuntimeError: no spark",
    place: { file: "src/shop/settings.py", line: 7 },
  }]);
});
