import { deepStrictEqual, equal, notEqual, ok } from "node:assert/strict";
import { createHash } from "node:crypto";
import type { FakeContext } from "../../fakes/context.ts";
import { entries, machine, projectWith, type Read, read } from "./reading.ts";

const REGISTRY = `import os
from pathlib import Path
from kedro.pipeline import node, pipeline

print("reading")
name = os.environ.get("REGION", "none")
extra = Path("data/steps.txt")
steps = extra.read_text().split() if extra.exists() else ["one"]

def identity(x):
    return x

def register_pipelines():
    nodes = [node(identity, "a", f"{step}_{name}", name=step) for step in steps]
    return {"__default__": pipeline(nodes)}
`;
const FILES = {
  "/p/pyproject.toml": `[tool.kedro]
package_name = "shop"
project_name = "shop"
kedro_init_version = "1.7.0"
`,
  "/p/src/shop/__init__.py": "",
  "/p/src/shop/settings.py": "",
  "/p/src/shop/pipeline_registry.py": REGISTRY,
  "/p/conf/base/catalog.yml": "a:\n  type: pandas.CSVDataset\n  filepath: a.csv\n",
  "/p/conf/base/parameters.yml": "alpha: 1\n",
  "/p/conf/local/.gitkeep": "",
  "/p/data/steps.txt": "one two",
  "/p/data/unused.txt": "x",
};

const SMALL = projectWith("");

const nodes = ({ snapshot }: Read) => snapshot.pipelines.__default__!.nodes.map(({ outputs }) => outputs[0]);
const put = (ctx: FakeContext, path: string, text: string) => ctx.fs.writeText(path, text);

Deno.test("openCachedReader() reuses a reading", async () => {
  const { ctx, started } = machine(FILES);
  const first = await read(ctx);
  const second = await read(ctx);
  equal(started(), 1);
  deepStrictEqual(second.snapshot, first.snapshot);
  deepStrictEqual(second.printed, first.printed);
  deepStrictEqual(second.messages, ["Using the cached project; no relevant file changed"]);
});

Deno.test("openCachedReader() ignores readings that others can write", async () => {
  const { ctx, started } = machine(SMALL);
  await read(ctx);
  const stat: typeof ctx.fs.stat = async (path) => {
    const found = await ctx.fs.stat(path);
    return found && { ...found, writableByOthers: true };
  };
  const { messages } = await read({ ...ctx, fs: { ...ctx.fs, stat } });
  ok(messages.some((one) => one.startsWith("Earlier readings are not used: ")), `${messages}`);
  equal(started(), 2);
});

Deno.test("openCachedReader() reads again if a used file changes", async () => {
  const { ctx, started } = machine(FILES);
  await read(ctx);
  const changes: readonly (readonly [string, () => Promise<unknown>])[] = [
    [
      "a byte of a source, same size",
      () => put(ctx, "/p/src/shop/pipeline_registry.py", REGISTRY.replace("_{name}", "-{name}")),
    ],
    ["a byte of the configuration", () => put(ctx, "/p/conf/base/parameters.yml", "alpha: 2\n")],
    ["a new file", () => put(ctx, "/p/conf/base/parameters_more.yml", "beta: 1\n")],
    ["a deleted file", () => ctx.fs.remove("/p/conf/base/parameters_more.yml")],
    ["a renamed file", () => ctx.fs.rename("/p/conf/base/catalog.yml", "/p/conf/base/catalog_x.yml")],
    ["a data file that the project opened", () => put(ctx, "/p/data/steps.txt", "one six")],
    ["the same file, deleted", () => ctx.fs.remove("/p/data/steps.txt")],
    ["the same file, created again", () => put(ctx, "/p/data/steps.txt", "six")],
    ["a new pipeline package", () => put(ctx, "/p/src/shop/pipelines/new/__init__.py", "")],
  ];
  for (const [what, change] of changes) {
    await change();
    const before = started();
    const seen = await read(ctx);
    equal(started(), before + 1, what);
    deepStrictEqual((await read(ctx)).snapshot, seen.snapshot, what);
    equal(started(), before + 1, what);
  }
});

Deno.test("openCachedReader() does not read again for unused variables", async () => {
  const { ctx, started } = machine(FILES);
  deepStrictEqual(nodes(await read(ctx, { env: { REGION: "eu", OTHER: "1" } })), ["one_eu", "two_eu"]);
  await put(ctx, "/p/data/unused.txt", "y");
  await read(ctx, {
    env: { REGION: "eu", OTHER: "2", NEW: "3", KEDRO_AZUREML_EMULATOR: "https://127.0.0.1" },
  });
  equal(started(), 1);
});

Deno.test("openCachedReader() does not read again for unused files", async () => {
  const { ctx, started } = machine(FILES);
  const before = await read(ctx);
  for (
    const path of [
      "pipeline.yaml",
      "README.md",
      "notebooks/try.ipynb",
      "logs/info.log",
      "results/plot.svg",
      "data/new.csv",
      "conf/README.md",
      "conf/prod/parameters.yml",
    ]
  ) {
    for (const text of ["1", "2"]) {
      await put(ctx, `/p/${path}`, text);
      deepStrictEqual((await read(ctx)).snapshot, before.snapshot);
      equal(started(), 1, path);
    }
  }
});

/** Ways to look at files, and a change of what each saw. */
const LOOKS: Readonly<
  Record<string, readonly [code: string, change: (ctx: FakeContext) => Promise<unknown>]>
> = {
  "a file missed by os.path.exists() is created": [
    'os.path.exists("extra.txt")',
    (ctx) => put(ctx, "/p/extra.txt", ""),
  ],
  "a file of a known size changes": [
    'os.path.getsize("notes.md")',
    (ctx) => put(ctx, "/p/notes.md", "longer than before"),
  ],
  "a file is added to a listed folder": [
    'sorted(os.listdir("."))',
    (ctx) => put(ctx, "/p/extra.txt", ""),
  ],
  "a file behind a path with .. changes": [
    'Path("src/../src/shop/../../notes.md").read_text()',
    (ctx) => put(ctx, "/p/notes.md", "new"),
  ],
  "a module missed by find_spec() is created": [
    '__import__("importlib").util.find_spec("shop.later") is None',
    (ctx) => put(ctx, "/p/src/shop/later.py", ""),
  ],
};
for (const [what, [code, change]] of Object.entries(LOOKS)) {
  Deno.test(`openCachedReader() reads again if ${what}`, async () => {
    const { ctx, started } = machine({
      ...projectWith(`import glob, importlib.util, os\nfrom pathlib import Path\nvalue = ${code}`),
      "/p/notes.md": "notes",
      "/p/docs_of_us/a.md": "a",
      "/p/data/a.csv": "a",
      "/p/data/raw/a.csv": "a",
    });
    const { printed } = await read(ctx);
    await read(ctx);
    equal(started(), 1);
    await change(ctx);
    notEqual((await read(ctx)).printed, printed);
    equal(started(), 2);
  });
}

Deno.test("openCachedReader() reads again if a variable is set", async () => {
  const { ctx, started } = machine(FILES);
  deepStrictEqual(nodes(await read(ctx)), ["one_none", "two_none"]);
  deepStrictEqual(nodes(await read(ctx, { env: { REGION: "us" } })), ["one_us", "two_us"]);
  equal(started(), 2);
});

Deno.test("openCachedReader() caches each set of runtime parameters", async () => {
  const { ctx, started } = machine(FILES);
  const one = await read(ctx, { params: { alpha: 5 } });
  const other = await read(ctx, { params: { alpha: 6 } });
  notEqual(one.snapshot.parameters.alpha, other.snapshot.parameters.alpha);
  equal(started(), 2);
  deepStrictEqual((await read(ctx, { params: { alpha: 5 } })).snapshot, one.snapshot);
  equal(started(), 2);
});

Deno.test("openCachedReader() ignores damaged entries", async () => {
  const { ctx, started } = machine(SMALL);
  const { snapshot } = await read(ctx);
  const [path] = entries(ctx);
  equal((await read(ctx)).messages.length, 1);
  const content = await ctx.fs.readText(path!);
  const [seal, body] = [content.slice(0, 64), content.slice(65)];
  const sealed = (text: string) => `${createHash("sha256").update(text).digest("hex")}\n${text}`;
  const { answer, ...rest } = JSON.parse(body);
  const bad = [
    "",
    "{}",
    content.slice(0, -5),
    `${seal}\n${body.replaceAll("one", "evil")}`,
    body,
    ...["null", "[]", "{}", "1", "[".repeat(100_000), JSON.stringify(rest)].map(sealed),
    sealed(JSON.stringify({ ...rest, answer: { ...answer, pipelines: [] } })),
    sealed(JSON.stringify({ ...rest, answer, key: "0".repeat(64) })),
    sealed(JSON.stringify({ ...rest, answer, variables: "all" })),
    sealed(JSON.stringify({ ...rest, answer, fetched: [{ what: "read", path: "/etc/passwd", key: "x" }] })),
  ];
  for (const text of bad) {
    await put(ctx, path!, text);
    const before = started();
    deepStrictEqual((await read(ctx)).snapshot, snapshot);
    equal(started(), before + 1, text.slice(0, 100));
  }
});

const RESOLVERS = {
  ...SMALL,
  "/p/src/shop/settings.py": `import os

_calls = []

def _count(name):
    _calls.append(name)
    return len(_calls)

CONFIG_LOADER_ARGS = {
    "base_env": "base", "default_run_env": "local",
    "custom_resolvers": {"region": lambda: os.environ.get("REGION", "none"), "twice": lambda x: 2 * x, "count": _count,
        "text": lambda path: open(path).read(), "names": lambda path: sorted(os.listdir(path))},
}
`,
  "/p/src/shop/texts/one.txt": "1",
  "/p/data/two.txt": "2",
};

Deno.test("openCachedReader() caches results of resolvers", async () => {
  const { ctx, started } = machine(RESOLVERS);
  const region = ["region", []] as const;
  const twice = ["twice", [4]] as const;
  await read(ctx);
  deepStrictEqual((await read(ctx, { resolve: [region] })).resolved, ["none"]);
  deepStrictEqual((await read(ctx, { resolve: [twice] })).resolved, [8]);
  equal(started(), 3);
  deepStrictEqual((await read(ctx, { resolve: [region, twice] })).resolved, ["none", 8]);
  equal(started(), 3);
  const env = { REGION: "eu" };
  deepStrictEqual((await read(ctx, { env, resolve: [twice, region] })).resolved, [8, "eu"]);
  equal(started(), 4);
  const again = ["twice", [5]] as const;
  deepStrictEqual((await read(ctx, { env, resolve: [again, again] })).resolved, [10, 10]);
  deepStrictEqual((await read(ctx, { env, resolve: [again] })).resolved, [10]);
  equal(started(), 5);
});

for (
  const [what, resolver, changed, before, after] of [
    ["a file", ["text", ["src/shop/texts/one.txt"]], "/p/src/shop/texts/one.txt", "1", "new"],
    ["a data file", ["text", ["data/two.txt"]], "/p/data/two.txt", "2", "new"],
    ["a folder", ["names", ["src/shop/texts"]], "/p/src/shop/texts/new.txt", ["one.txt"], [
      "new.txt",
      "one.txt",
    ]],
  ] as const
) {
  Deno.test(`openCachedReader() reads again if ${what} that a resolver used changes`, async () => {
    const { ctx } = machine(RESOLVERS);
    deepStrictEqual((await read(ctx, { resolve: [resolver] })).resolved, [before]);
    deepStrictEqual((await read(ctx, { resolve: [["twice", [4]]] })).resolved, [8]);
    await put(ctx, changed, "new");
    deepStrictEqual((await read(ctx, { resolve: [resolver] })).resolved, [after]);
  });
}

Deno.test("openCachedReader() calls resolvers of OmegaConf", async () => {
  const { ctx } = machine(RESOLVERS);
  const resolve = [
    ["oc.decode", ["[1, a]"]],
    ["oc.create", [{ a: 1, b: ["x"] }]],
    ["oc.create", ["x: {y: 2}"]],
  ] as const;
  deepStrictEqual((await read(ctx, { resolve })).resolved, [[1, "a"], { a: 1, b: ["x"] }, { x: { y: 2 } }]);
});

Deno.test("openCachedReader() does not cache a resolver whose values differ", async () => {
  const { ctx } = machine(RESOLVERS);
  const count = ["count", ["x"]] as const;
  for (let i = 0; i < 2; i++) {
    const { resolved, messages } = await read(ctx, { resolve: [count, count] });
    deepStrictEqual(resolved, [1, 2]);
    ok(messages.some((one) => one.includes('the resolver "count"')), `${messages}`);
  }
});

Deno.test("openCachedReader() writes nothing with cache: false", async () => {
  const { ctx, started } = machine(SMALL);
  await read(ctx, { cache: false });
  deepStrictEqual(entries(ctx), []);
  await read(ctx);
  await read(ctx, { cache: false });
  equal(started(), 3);
});
