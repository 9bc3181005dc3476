import { deepEqual, equal } from "node:assert/strict";
import { withProjectPlace } from "../../../src/app/project/error_places.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../../src/config/conf_folders.ts";
import { UserError } from "../../../src/core/errors.ts";
import { fakeContext } from "../../fakes/context.ts";

const FILES = {
  "/p/conf/base/catalog.yml": "raw:\n  type: x\n  load:\n    sep: a\n",
  "/p/conf/base/parameters.yml": "top: 1\nmodel:\n  rate: 2\nown: ${own:1}\n",
  "/p/conf/local/.gitkeep": "",
  "/p/src/shop/nodes.py":
    "import a\n\ndef train_more(a):\n  pass\n\n  async def train(a):\n    pass\n\nclass Model:\n  def score(self): pass\n",
  "/p/src/shop/deep/__init__.py": "def split(): pass\n",
  "/p/src/shop/deep/er/nodes.py": "\ndef join(): pass\n",
};

async function placeOf(
  data: Readonly<Record<string, unknown>>,
  files: Record<string, string> = FILES,
  ctx: Parameters<typeof withProjectPlace>[0] = fakeContext({ files }),
) {
  const settings = { ...DEFAULT_LOADER_SETTINGS, custom_resolvers: ["own"] };
  const load = { root: "/p", env: "local", settings };
  const project = { root: "/p", sourceDir: "/p/src" } as Parameters<typeof withProjectPlace>[1]["project"];
  const error = new UserError("No", { code: "a.b", exit: 3, data });
  const { place } = await withProjectPlace(ctx, { load, project }, error);
  return place && [place.file, place.line, place.key];
}

Deno.test("errors of a dataset, parameter or function have its file and line", async () => {
  deepEqual(await placeOf({ dataset: "raw" }), ["conf/base/catalog.yml", 1, "raw"]);
  deepEqual(await placeOf({ dataset: "raw", key: "load" }), ["conf/base/catalog.yml", 3, "raw.load"]);
  deepEqual(await placeOf({ parameter: "top" }), ["conf/base/parameters.yml", 1, "top"]);
  deepEqual(await placeOf({ parameter: "model.rate" }), ["conf/base/parameters.yml", 3, "model.rate"]);
  deepEqual(await placeOf({ function: "shop.nodes:train" }), ["src/shop/nodes.py", 6, undefined]);
  deepEqual(await placeOf({ function: "shop.nodes:Model" }), ["src/shop/nodes.py", 9, undefined]);
  deepEqual(await placeOf({ parameter: "own" }), ["conf/base/parameters.yml", 4, "own"]);
  deepEqual(await placeOf({ function: "shop.nodes:Model.score" }), ["src/shop/nodes.py", 10, undefined]);
  deepEqual(await placeOf({ function: "shop.nodes:Model.fit" }), ["src/shop/nodes.py", undefined, undefined]);
  deepEqual(await placeOf({ function: "shop.deep:split" }), ["src/shop/deep/__init__.py", 1, undefined]);
  deepEqual(await placeOf({ function: "shop.deep.er.nodes:join" }), [
    "src/shop/deep/er/nodes.py",
    2,
    undefined,
  ]);
});

Deno.test("errors of an undefined name have no file", async () => {
  equal(await placeOf({}), undefined);
  equal(await placeOf({ dataset: 5, parameter: 5, function: 5 }), undefined);
  equal(await placeOf({ dataset: "none" }), undefined);
  equal(await placeOf({ parameter: "none.rate" }), undefined);
  equal(await placeOf({ function: "shop.gone:f" }), undefined);
  equal(
    await placeOf({ parameter: "top" }, { ...FILES, "/p/conf/base/parameters.yml": "top: [" }),
    undefined,
  );
});
