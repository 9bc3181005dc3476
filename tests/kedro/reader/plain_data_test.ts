import { deepEqual, equal } from "node:assert/strict";
import { projectOf, readProject } from "./read.ts";

Deno.test("snapshot() has nodes, datasets and values in an order that does not depend on Python", async () => {
  const registry = `
from kedro.pipeline import node, pipeline

def same(*x):
    return x

def register_pipelines():
    return {"__default__": pipeline([
        node(same, ["z_in", "params:b", "a_in"], ["y_out", "b_out"], name="one", tags=["e", "b", "d", "a", "c"]),
    ])}
`;
  const settings = `
CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    "custom_resolvers": {
        "some": lambda: {10, 9, 2},
        "words": lambda: {"b", "a", True},
        "big": lambda: float("inf"),
        "none": lambda: float("nan"),
        "half": lambda: 0.5,
    },
}
`;
  const snapshot = await readProject(projectOf(registry, {
    "src/shop/settings.py": settings,
    "conf/base/catalog.yml": [
      "_shared: {type: pandas.CSVDataset, filepath: x.csv}",
      '"{name}_in": {type: pandas.CSVDataset, filepath: "{name}.csv"}',
      '"{name}_out": {type: pandas.CSVDataset, filepath: "{name}.csv"}',
      "web:",
      "  type: api.APIDataset",
      "  urls: ['https://ada:secret@example.org/x?sig=abc', data/x.csv]",
      "  credentials: {user: ada}",
      "named: {type: pandas.CSVDataset, filepath: x.csv, credentials: store}",
    ].join("\n"),
    "conf/base/parameters.yml": [
      'some: "${some:}"',
      'words: "${words:}"',
      'big: "${big:}"',
      'none: "${none:}"',
      'half: "${half:}"',
    ].join("\n"),
  }));
  const { nodes, inputs, outputs } = snapshot.pipelines.__default__!;
  deepEqual(nodes.map(({ tags, inputs, outputs }) => ({ tags, inputs, outputs })), [
    { tags: ["a", "b", "c", "d", "e"], inputs: ["z_in", "params:b", "a_in"], outputs: ["y_out", "b_out"] },
  ]);
  deepEqual([inputs, outputs], [["a_in", "params:b", "z_in"], ["b_out", "y_out"]]);
  deepEqual(Object.keys(snapshot.catalog), ["web", "named", "a_in", "b_out", "y_out", "z_in"]);
  deepEqual(snapshot.catalog.web, {
    type: "api.APIDataset",
    urls: ["https://<redacted>@example.org/x?<redacted>", "data/x.csv"],
    credentials: "[hidden]",
  });
  equal(snapshot.catalog.named!.credentials, "store");
  deepEqual(snapshot.parameters, {
    some: [10, 2, 9],
    words: ["a", "b", true],
    big: "inf",
    none: "nan",
    half: 0.5,
  });
});

Deno.test("snapshot() tells project code that it is on Linux and that nothing is sent to Kedro", async () => {
  const registry = `
import os
import platform
from kedro.pipeline import node, pipeline

NAME = "_".join([platform.system(), os.environ["KEDRO_DISABLE_TELEMETRY"], os.environ["KEDRO_ENV"]])
with open("notes.txt", "rt") as file:
    NAME += "_" + file.read().strip()

def same(x):
    return x

def register_pipelines():
    return {"__default__": pipeline([node(same, "a", "b", name=NAME)])}
`;
  const { pipelines, files_read } = await readProject(projectOf(registry, { "notes.txt": "n" }));
  equal(pipelines.__default__!.nodes[0]!.name, "Linux_1_local_n");
  deepEqual(files_read, [{ file: "notes.txt", place: { file: "src/shop/pipeline_registry.py", line: 7 } }]);
});

Deno.test("snapshot() passes on long output in full", async () => {
  const lines = Array.from({ length: 900 }, (_, at) => `line ${at} ${"x".repeat(40)}`);
  const registry = `
print("\\n".join(f"line {at} " + "x" * 40 for at in range(900)))

def register_pipelines():
    return {}
`;
  const printed: string[] = [];
  await readProject(projectOf(registry), { onPrint: (text) => void printed.push(text) });
  deepEqual(printed.join("").trimEnd().split("\n"), lines.map((line) => `project: ${line}`));
});
