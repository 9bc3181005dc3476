import assert from "node:assert/strict";
import { projectOf, readProject } from "./read.ts";

const PIPELINE = `
from kedro.pipeline import node, pipeline

def same(x):
    return x

def register_pipelines():
    return {"__default__": pipeline([node(same, "a", "b", name="one")])}
`;

Deno.test("snapshot() ignores a session store from a missing module", async () => {
  const settings = `
from storage.sessions import Store
SESSION_STORE_CLASS = Store
SESSION_STORE_ARGS = {"path": "x"}
`;
  const snapshot = await readProject(projectOf(PIPELINE, { "src/shop/settings.py": settings }));
  assert.deepEqual(snapshot.pipelines.__default__!.nodes.map(({ name }) => name), ["one"]);
  assert.deepEqual(snapshot.warnings, []);
});

Deno.test("snapshot() warns about a context class from a missing module, and reads the project without it", async () => {
  const settings = `
from company.context import Context

class ShopContext(Context):
    pass

CONTEXT_CLASS = ShopContext
`;
  const snapshot = await readProject(projectOf(PIPELINE, { "src/shop/settings.py": settings }));
  assert.deepEqual(snapshot.pipelines.__default__!.nodes.map(({ name }) => name), ["one"]);
  assert.deepEqual(snapshot.warnings.map(({ code, place }) => ({ code, place })), [
    { code: "kedro.setting_left_out", place: { file: "src/shop/settings.py" } },
  ]);
});

Deno.test("snapshot() runs hooks that create pipelines, even if datasets need credentials", async () => {
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
    "src/shop/settings.py": settings,
    "conf/base/parameters.yml": "names: [north, south]\n",
    "conf/base/catalog.yml":
      "a: {type: pandas.CSVDataset, filepath: 's3://shop/a.csv', credentials: storage}\n",
    "conf/local/credentials.yml": "storage: {key: secret}\n",
  };
  const snapshot = await readProject(projectOf(registry, files));
  assert.deepEqual(Object.keys(snapshot.pipelines), ["north", "south"]);
  assert.deepEqual(snapshot.warnings, []);
  assert.equal(snapshot.catalog.a?.credentials, "storage");
});
