import { deepStrictEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { openCachedReader } from "../../../src/kedro/cache/cached_reader.ts";
import { findProject } from "../../../src/kedro/project.ts";
import type { ProjectSnapshot } from "../../../src/kedro/snapshot.ts";
import { realReader } from "../../fakes/reader.ts";
import { type FakeContext, fakeContext } from "../../fakes/context.ts";

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

/** A machine on which readings are counted. */
function machine(env: Record<string, string> = {}) {
  let started = 0;
  const resources = realReader();
  const ctx = fakeContext({
    cwd: "/p",
    env,
    files: FILES,
    resources: {
      ...resources,
      prepareReader() {},
      startReader() {
        started++;
        return resources.startReader();
      },
    },
  });
  return { ctx, started: () => started };
}

interface Read {
  readonly snapshot: ProjectSnapshot;
  readonly printed: readonly string[];
  readonly messages: readonly string[];
}

async function read(
  ctx: FakeContext,
  options: { env?: Record<string, string>; cache?: boolean; params?: Record<string, number> } = {},
): Promise<Read> {
  const [printed, messages]: string[][] = [[], []];
  const own = options.env === undefined ? ctx : { ...ctx, env: { ...ctx.env, ...options.env } };
  const reader = await openCachedReader(own, await findProject(own, "/p"), {
    env: "local",
    onPrint: (line) => printed!.push(line),
    onCache: (message) => messages!.push(message),
    ...(options.cache !== undefined && { cache: options.cache }),
    ...(options.params && { runtimeParams: options.params }),
  });
  try {
    return { snapshot: await reader.snapshot(), printed: printed!, messages: messages! };
  } finally {
    await reader.close();
  }
}

const nodes = ({ snapshot }: Read) => snapshot.pipelines.__default__!.nodes.map(({ outputs }) => outputs[0]);
const put = (ctx: FakeContext, path: string, text: string) => ctx.fs.writeText(path, text);
const entries = (ctx: FakeContext) => [...ctx.files.keys()].filter((path) => path.includes("/snapshots/"));

Deno.test("a second reading starts no interpreter, and gives and prints the same", async () => {
  const { ctx, started } = machine();
  const first = await read(ctx);
  const second = await read(ctx);
  equal(started(), 1);
  deepStrictEqual(second.snapshot, first.snapshot);
  deepStrictEqual(second.printed, first.printed);
  match(second.messages[0]!, /nothing that counts has changed/);
});

Deno.test("whatever the project read counts: each change is seen, also within the same second", async () => {
  const { ctx, started } = machine();
  await read(ctx);
  const changes: readonly (readonly [string, () => Promise<unknown>])[] = [
    [
      "a byte of a source, same size",
      () => put(ctx, "/p/src/shop/pipeline_registry.py", REGISTRY.replace("_{name}", "-{name}")),
    ],
    ["a byte of the configuration", () => put(ctx, "/p/conf/base/parameters.yml", "alpha: 2\n")],
    ["a new file", () => put(ctx, "/p/conf/base/parameters_more.yml", "beta: 1\n")],
    ["a file that is gone", () => ctx.fs.remove("/p/conf/base/parameters_more.yml")],
    [
      "a file with another name",
      () => ctx.fs.rename("/p/conf/base/catalog.yml", "/p/conf/base/catalog_x.yml"),
    ],
    ["a file of data/ that the project opened", () => put(ctx, "/p/data/steps.txt", "one six")],
    ["the same file, gone", () => ctx.fs.remove("/p/data/steps.txt")],
  ];
  for (const [what, change] of changes) {
    await change();
    const before = started();
    const seen = await read(ctx);
    equal(started(), before + 1, what);
    const anew = await read(ctx, { cache: false });
    deepStrictEqual(seen.snapshot, anew.snapshot, what);
  }
});

Deno.test("what the project did not read does not count", async () => {
  const { ctx, started } = machine({ REGION: "eu", OTHER: "1" });
  deepStrictEqual(nodes(await read(ctx)), ["one_eu", "two_eu"]);
  await put(ctx, "/p/data/unused.txt", "y");
  await read(ctx, { env: { OTHER: "2", NEW: "3" } });
  equal(started(), 1);
});

Deno.test("variables that the project asked for count, also one that was not there", async () => {
  const { ctx, started } = machine();
  deepStrictEqual(nodes(await read(ctx)), ["one_none", "two_none"]);
  deepStrictEqual(nodes(await read(ctx, { env: { REGION: "us" } })), ["one_us", "two_us"]);
  equal(started(), 2);
});

Deno.test("runtime parameters have a reading of their own", async () => {
  const { ctx, started } = machine();
  const one = await read(ctx, { params: { alpha: 5 } });
  const other = await read(ctx, { params: { alpha: 6 } });
  notEqual(one.snapshot.parameters.alpha, other.snapshot.parameters.alpha);
  equal(started(), 2);
  deepStrictEqual((await read(ctx, { params: { alpha: 5 } })).snapshot, one.snapshot);
  equal(started(), 2);
});

for (
  const [use, reason] of [
    ["import time; time.time()", "time.time()"],
    ["import datetime; datetime.datetime.now()", "datetime.now()"],
    ["import random; random.choice([1, 2])", "random.choice()"],
    ["import uuid; uuid.uuid4()", "uuid.uuid4()"],
    ["Path(__file__).stat()", "the time of a file (stat())"],
  ] as const
) {
  Deno.test(`a reading that uses ${use} is not remembered, and says why`, async () => {
    const { ctx, started } = machine();
    await put(ctx, "/p/src/shop/pipeline_registry.py", `${REGISTRY}\n${use}\n`);
    const { messages } = await read(ctx);
    ok(messages.some((one) => one.includes(reason)), `${messages}`);
    await read(ctx);
    equal(started(), 2);
  });
}

Deno.test("damaged, foreign and poisoned entries are ignored, and entries are the user's alone", async () => {
  const { ctx, started } = machine();
  const { snapshot } = await read(ctx);
  const [path] = entries(ctx);
  equal((await read(ctx)).messages.length, 1);
  const content = await ctx.fs.readText(path!);
  const [seal, body] = [content.slice(0, 64), content.slice(65)];
  const poisoned = body.replaceAll("one_none", "evil_none");
  for (
    const bad of ["", "{}", content.slice(0, -5), `${seal}\n${poisoned}`, body, `${"0".repeat(64)}\n${body}`]
  ) {
    await put(ctx, path!, bad);
    const before = started();
    deepStrictEqual((await read(ctx)).snapshot, snapshot);
    equal(started(), before + 1);
  }
});

Deno.test("without a cache nothing is read from it or written to it", async () => {
  const { ctx, started } = machine();
  await read(ctx, { cache: false });
  deepStrictEqual(entries(ctx), []);
  await read(ctx);
  await read(ctx, { cache: false });
  equal(started(), 3);
});
