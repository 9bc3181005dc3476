import assert from "node:assert/strict";
import { projectOf, readProject } from "./read.ts";

const REGISTRY = `
from pathlib import Path
from kedro.pipeline import node, pipeline

def same(x): return x

def register_pipelines():
    return {"__default__": pipeline([node(same, "a", "b", name=Path(__file__).parents[2].name)])}
`;

Deno.test("snapshot() reads a folder with brackets in its name", async () => {
  const inShop = projectOf(REGISTRY, {
    "conf/base/catalog.yml": "a: {type: pandas.CSVDataset, filepath: a.csv}\n",
  });
  const files: Record<string, Uint8Array<ArrayBuffer>> = {};
  for await (const { path, kind } of inShop.fs.walk("/shop", () => true)) {
    if (kind === "file") files[path.replace("/shop", "/shop[2]")] = await inShop.fs.readBytes(path);
  }
  const snapshot = await readProject(projectOf(REGISTRY, {}, { cwd: "/shop[2]", files }));
  assert.equal(snapshot.catalog.a?.filepath, "a.csv");
  assert.equal(snapshot.pipelines.__default__!.nodes[0]!.name, "shop_2_");
});
