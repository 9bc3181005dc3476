import assert from "node:assert/strict";
import { projectOf, readProject } from "./read.ts";

const PIPELINE = `
from kedro.pipeline import node, pipeline

def same(x):
    return x

def register_pipelines():
    return {"__default__": pipeline([node(same, "a", "b", name="one")])}
`;

for (
  const [setting, isTold] of [
    ["CONTEXT_CLASS", true],
    ["CONFIG_LOADER_CLASS", true],
    ["DATA_CATALOG_CLASS", true],
    ["SESSION_CLASS", false],
    ["SESSION_STORE_CLASS", false],
  ] as const
) {
  for (const extended of [false, true]) {
    const what = extended ? "a child of a class" : "a class";
    Deno.test(`snapshot() accepts ${what} of a missing module as ${setting}`, async () => {
      const settings = `
from company.parts import Part

class Own(Part):
    pass

${setting} = ${extended ? "Own" : "Part"}
SESSION_STORE_ARGS = {"path": "x"}
HOOKS = (Part(), Part)
`;
      const snapshot = await readProject(projectOf(PIPELINE, { "src/shop/settings.py": settings }));
      assert.deepEqual(snapshot.pipelines.__default__!.nodes.map(({ name }) => name), ["one"]);
      assert.deepEqual(Object.keys(snapshot.catalog), []);
      assert.deepEqual(
        snapshot.warnings,
        isTold
          ? [{
            code: "kedro.setting_left_out",
            message:
              `${setting} comes from a module that is not in the embedded Python, and Kedro's own is used`,
            hint: "Read the project with its own Python: `--python PATH`",
            place: { file: "src/shop/settings.py" },
          }]
          : [],
      );
    });
  }
}

Deno.test("snapshot() uses a context with a missing base class", async () => {
  const settings = `
from company.parts import Mixin
from kedro.framework.context import KedroContext

class ShopContext(KedroContext, Mixin):
    @property
    def params(self):
        return {"own": 1}

CONTEXT_CLASS = ShopContext
`;
  const { parameters, warnings } = await readProject(
    projectOf(PIPELINE, { "src/shop/settings.py": settings }),
  );
  assert.deepEqual([parameters, warnings], [{ own: 1 }, []]);
});

Deno.test("snapshot() imports modules from the source folder", async () => {
  const registry = `import helper\n${PIPELINE}`;
  const { pipelines } = await readProject(projectOf(registry, { "src/helper.py": "" }));
  assert.deepEqual(Object.keys(pipelines), ["__default__"]);
  for (const file of ["helper.py", "helper/__init__.py"]) {
    await assert.rejects(readProject(projectOf(registry, { [file]: "" })), {
      message: "Cannot read the project's pipelines: ModuleNotFoundError: No module named 'helper'",
    });
  }
});

for (const version of ["0.18.14", "0.19.15", "1.7.0"]) {
  Deno.test(`snapshot() runs hooks of Kedro ${version} that change pipelines`, async () => {
    const settings = `
from kedro.framework.hooks import hook_impl
from kedro.framework.project import pipelines
from shop import pipeline_registry

class Hooks:
    @hook_impl
    def after_context_created(self, context):
        context.catalog

    @hook_impl
    def after_catalog_created(self, catalog):
        names = catalog.load("params:names")
        pipeline_registry.register_pipelines = lambda: pipeline_registry.named(names)
        pipelines.configure("shop.pipeline_registry")

HOOKS = (Hooks(),)
`;
    const registry = `
from kedro.pipeline import node, pipeline

def same(x):
    return x

def named(names):
    return {name: pipeline([node(same, "a", name, name=name)]) for name in names}

def register_pipelines():
    return {}
`;
    const files = {
      "pyproject.toml":
        `[tool.kedro]\npackage_name = "shop"\nproject_name = "Shop"\nkedro_init_version = "${version}"\n`,
      "src/shop/settings.py": settings,
      "conf/base/parameters.yml": "names: [north, south]\n",
      "conf/base/catalog.yml":
        "a: {type: pandas.CSVDataset, filepath: 's3://shop/a.csv', credentials: storage}\n",
      "conf/local/credentials.yml": "storage: {key: secret}\n",
    };
    const snapshot = await readProject(projectOf(registry, files));
    assert.deepEqual(Object.keys(snapshot.pipelines), ["north", "south"]);
    assert.deepEqual(snapshot.warnings.map(({ code }) => code), version === "1.7.0" ? [] : ["kedro.old"]);
    assert.equal(snapshot.catalog.a?.credentials, "storage");
  });
}
