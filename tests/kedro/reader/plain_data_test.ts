import { deepEqual, equal } from "node:assert/strict";
import { findProject } from "../../../src/kedro/project.ts";
import { openReader } from "../../../src/kedro/reader/cached_reader.ts";
import { projectOf, readProject } from "./read.ts";

Deno.test("snapshot() sorts nodes and datasets", async () => {
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
        "big": lambda: float("-inf"),
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
      "bytes: !!binary aGVsbG8=",
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
    big: "-.inf",
    none: ".nan",
    half: 0.5,
    bytes: "aGVsbG8=",
  });
});

Deno.test("project code sees Linux as its platform", async () => {
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

Deno.test("snapshot() returns dates and paths as JSON", async () => {
  const settings = `
import enum
from pathlib import PurePosixPath

class Size(enum.IntEnum):
    LARGE = 3

class Kind(enum.StrEnum):
    A = "a"

class Text(str):
    def __str__(self):
        raise ValueError("is not asked")

class Share(float):
    pass

VALUES = {
    "large": Size.LARGE, "kind": Kind.A, "text": Text("t"), "share": Share(0.5), "path": PurePosixPath("a/b"),
    "never": False, "nothing": None, "deep": ({None: 2.5, 1: (2, frozenset({"y", "x"}))}, {("b", 1), ("a", 2)}),
}
CONFIG_LOADER_ARGS = {
    "base_env": "base", "default_run_env": "local", "custom_resolvers": {"value": VALUES.__getitem__},
}
`;
  const names = ["large", "kind", "text", "share", "path", "never", "nothing"];
  const snapshot = await readProject(projectOf("def register_pipelines():\n    return {}\n", {
    "src/shop/settings.py": settings,
    "conf/base/parameters.yml": [
      ...names.map((name) => `${name}: "\${value:${name}}"`),
      "1: a",
      "since: 2020-01-31",
    ].join("\n"),
  }));
  deepEqual(snapshot.parameters, {
    large: 3,
    kind: "a",
    text: "t",
    share: 0.5,
    path: "a/b",
    never: false,
    nothing: null,
    1: "a",
    since: "2020-01-31",
  });
  const ctx = projectOf("def register_pipelines():\n    return {}\n", { "src/shop/settings.py": settings });
  const reader = await openReader(ctx, await findProject(ctx, ctx.cwd), { env: "local" });
  try {
    deepEqual(await reader.resolve("value", ["deep"]), [{ None: 2.5, 1: [2, ["x", "y"]] }, [["a", 2], [
      "b",
      1,
    ]]]);
    deepEqual(await reader.resolve("value", ["text"]), "t");
  } finally {
    await reader.close();
  }
});

Deno.test("snapshot() names functions with their modules", async () => {
  const registry = `
from functools import partial
from kedro.pipeline import node, pipeline
from shop.steps import Outer, load

def made():
    def inner(x): return x
    return inner

FUNCTIONS = [
    load, made(), lambda x: x, partial(load, y=1), partial(partial(Outer().run, y=1), z=2), Outer.create, Outer.run,
    Outer.Step(), str.upper, "x".join, len,
]

def register_pipelines():
    return {"__default__": pipeline([
        node(each, f"in{at}", f"out{at}", name=f"{at:02}") for at, each in enumerate(FUNCTIONS) if each is not Outer.run
    ])}
`;
  const steps = `
def load(x, y=0): return x

class Outer:
    def run(self, x, y=0, z=0): return x

    @classmethod
    def create(cls, x): return x

    class Step:
        def __call__(self, x): return x
`;
  const { pipelines } = await readProject(projectOf(registry, { "src/shop/steps.py": steps }));
  deepEqual(pipelines.__default__!.nodes.map(({ name, func }) => `${name} ${func}`), [
    "00 shop.steps:load",
    "01 shop.pipeline_registry:made.<locals>.inner",
    "02 shop.pipeline_registry:<lambda>",
    "03 partial(shop.steps:load)",
    "04 partial(shop.steps:Outer.run)",
    "05 shop.steps:Outer.create",
    "07 shop.steps:Outer.Step()",
    "08 None:str.upper",
    "09 None:str.join",
    "10 builtins:len",
  ]);
});

Deno.test("snapshot() resolves dataset factories", async () => {
  const registry = `
from kedro.pipeline import node, pipeline

def same(*x): return x

def register_pipelines():
    sources = [node(same, f"in{name}", f"out{name}", name=name) for name in "dbecag"]
    last = node(same, [*[each.outputs[0] for each in sources], "parameters", "params:a"], "z", name="last")
    return {"__default__": pipeline([*sources, last])}
`;
  const { pipelines, catalog, warnings } = await readProject(projectOf(registry, {
    "conf/base/catalog.yml": '"{name}":\n  type: pickle.PickleDataset\n  filepath: "{name}.pkl"\n' +
      "  deep: {credentials: {user: ada}, list: [{credentials: store}]}\n" +
      "  dataset: {type: pandas.CSVDataset, credentials: store}\n",
    "conf/base/parameters.yml": "a: 1\n",
  }));
  deepEqual(pipelines.__default__!.nodes.at(-1)!.depends_on, ["a", "b", "c", "d", "e", "g"]);
  const names = [..."abcdeg"].flatMap((name) => [`in${name}`, `out${name}`]);
  deepEqual(Object.keys(catalog), [...names.toSorted(), "z"]);
  deepEqual(catalog.ina, {
    type: "pickle.PickleDataset",
    filepath: "ina.pkl",
    deep: { credentials: "[hidden]", list: [{ credentials: "store" }] },
    dataset: { type: "pandas.CSVDataset", credentials: "store" },
  });
  deepEqual(warnings, []);
});

const URLS = {
  web: "https://ada:secret@example.org/x?sig=abc#part",
  lake: "abfss://raw@account.dfs.core.windows.net/x.csv",
  capital: "WASBS://raw@account.blob.core.windows.net/x.csv",
  two: "abfs://a@b/x.csv abfs://c@d/y.csv",
  plain: "https://example.org/x.csv",
};

const PART = "https://example.org/x#token";

for (
  const [version, web] of [
    ["0.18.14", "https://<redacted>@example.org/x?<redacted>"],
    ["1.7.0", "https://<redacted>@example.org/x?<redacted>#<redacted>"],
  ]
) {
  Deno.test(`snapshot() of Kedro ${version} hides secrets in URLs`, async () => {
    const { catalog } = await readProject(projectOf("def register_pipelines():\n    return {}\n", {
      "pyproject.toml":
        `[tool.kedro]\npackage_name = "shop"\nproject_name = "Shop"\nkedro_init_version = "${version}"\n`,
      "conf/base/catalog.yml": `a:\n  type: pandas.CSVDataset\n${
        Object.entries({ ...URLS, part: PART }).map(([key, url]) => `  ${key}: "${url}"\n`).join("")
      }`,
    }));
    deepEqual(catalog.a, {
      type: "pandas.CSVDataset",
      ...URLS,
      web,
      part: "https://example.org/x#<redacted>",
    });
  });
}
