import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import type { CatalogEntry, PipelineSnapshot } from "../../../src/kedro/snapshot.ts";
import { readProject, realFiles } from "./read.ts";

/** Results of each Kedro version for its projects; see tests/golden/README.md. */
const OLDER = new URL("../../golden/older/", import.meta.url);

interface Truth {
  readonly pipelines: Record<string, PipelineSnapshot>;
  readonly catalog: Record<string, CatalogEntry>;
  readonly parameters: Record<string, unknown>;
}

for await (const { name: version } of Deno.readDir(OLDER)) {
  for await (const { name } of Deno.readDir(new URL(`${version}/`, OLDER))) {
    Deno.test(`snapshot() of ${name} equals that of Kedro ${version}`, async () => {
      const dir = fileURLToPath(new URL(`${version}/${name}`, OLDER));
      const truth = JSON.parse(await Deno.readTextFile(`${dir}/truth.json`)) as Truth;
      const snapshot = await readProject(realFiles(), { dir });
      assert.equal(snapshot.project.kedro_version, version);
      assert.deepEqual(snapshot.pipelines, truth.pipelines);
      assert.deepEqual(snapshot.parameters, truth.parameters);
      for (const [dataset, entry] of Object.entries(truth.catalog)) {
        if (!dataset.includes("{")) assert.deepEqual(snapshot.catalog[dataset], entry);
      }
      assert.deepEqual(snapshot.warnings.map(({ code }) => code), ["kedro.old"]);
    });
  }
}

Deno.test("snapshot() resolves dataset factories of older Kedro", async () => {
  const read = async (path: string) =>
    (await readProject(realFiles(), { dir: fileURLToPath(new URL(path, OLDER)) })).catalog;
  const plain = await read("0.18.14/plain");
  assert.deepEqual(plain["first.inner.model"], {
    type: "pickle.PickleDataSet",
    filepath: "data/first/model.pkl",
  });
  assert.equal("{a}.inner.{b}" in plain, false);
  const shop = await read("0.19.15/shop");
  assert.deepEqual(shop["north.orders"], {
    type: "pandas.CSVDataset",
    filepath: "data/2/north/orders.csv",
    credentials: "store",
  });
  assert.equal(shop.south_total!.filepath, "data/south.csv");
});

Deno.test("snapshot() keeps the order of registered pipelines", async () => {
  const dir = fileURLToPath(new URL("0.18.14/templated", OLDER));
  const { pipeline_names: names } = await readProject(realFiles(), { dir });
  assert.deepEqual(names, ["two", "__default__", "1"]);
});
