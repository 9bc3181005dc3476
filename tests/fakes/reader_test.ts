import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { pathToFileURL } from "node:url";
import type { Resources } from "../../src/core/context.ts";
import { openReader } from "../../src/kedro/reader/cached_reader.ts";
import { findProject } from "../../src/kedro/project.ts";
import { projectOf } from "../kedro/reader/read.ts";
import { realReader, rememberingReader } from "./reader.ts";
import { keptFor, type Question } from "./reader_answers.ts";

const REGISTRY = `
from kedro.pipeline import node, pipeline

print("hello")

def same(x):
    return x

def register_pipelines():
    return {"__default__": pipeline([node(same, "a", "b", name="one")])}
`;
const RESOLVING = {
  "src/shop/settings.py": "CONFIG_LOADER_ARGS = {'custom_resolvers': {'twice': lambda x: 2 * x}}\n",
};

/** Creates the real reader and counts its starts. */
function createCountingReader(): { readonly real: Resources; starts: number } {
  const real = realReader();
  const counting = {
    starts: 0,
    real: { ...real, startReader: () => (counting.starts++, real.startReader()) },
  };
  return counting;
}

/** Creates a remembering reader with its own folder. */
async function createRememberingReader() {
  const folder = await Deno.makeTempDir();
  const counting = createCountingReader();
  const kept = (question: Question) => keptFor(question, pathToFileURL(`${folder}/`));
  return {
    reader: () => rememberingReader({ real: counting.real, kept }),
    starts: () => counting.starts,
    remove: () => Deno.remove(folder, { recursive: true }),
  };
}

/** Reads a project's snapshot, a resolver's answer, and its output. */
async function readAll(resources: Resources, registry: string, files: Record<string, string> = {}, env = {}) {
  const printed: string[] = [];
  const ctx = projectOf(registry, files, { resources, env });
  const onPrint = (text: string) => void printed.push(text);
  const reader = await openReader(ctx, await findProject(ctx, ctx.cwd), { env: "local", onPrint });
  try {
    const snapshot = await reader.snapshot();
    return {
      snapshot,
      twice: "src/shop/settings.py" in files && await reader.resolve("twice", [21]),
      printed,
    };
  } finally {
    await reader.close();
  }
}

Deno.test("rememberingReader() returns the real reader's answers and starts it once", async () => {
  const { reader, starts, remove } = await createRememberingReader();
  const real = await readAll(realReader(), REGISTRY, RESOLVING);
  strictEqual(real.twice, 42);
  deepStrictEqual(real.printed, ["project: hello\n"]);
  deepStrictEqual(await readAll(reader(), REGISTRY, RESOLVING), real);
  deepStrictEqual(await readAll(reader(), REGISTRY, RESOLVING), real);
  strictEqual(starts(), 1);
  await remove();
});

Deno.test("rememberingReader() starts the real reader again if a file or a variable differs", async () => {
  const { reader, starts, remove } = await createRememberingReader();
  await readAll(reader(), REGISTRY);
  const changes: Parameters<typeof readAll>[] = [
    [reader(), REGISTRY.replace('"b"', '"c"')],
    [reader(), REGISTRY, { "conf/base/parameters.yml": "" }],
    [reader(), REGISTRY, { "conf/base/parameters.yaml": "" }],
    [reader(), REGISTRY, {}, { PLAIN: "yes" }],
  ];
  for (const [at, change] of changes.entries()) {
    await readAll(...change);
    strictEqual(starts(), at + 2);
  }
  await remove();
});

Deno.test("rememberingReader() does not remember readings that fetch files while running", async () => {
  const { reader, starts, remove } = await createRememberingReader();
  const registry = `NAME = open("data/name.txt").read()\n${REGISTRY.replace('"one"', "NAME")}`;
  for (const name of ["first", "second"]) {
    const { snapshot } = await readAll(reader(), registry, { "data/name.txt": name });
    strictEqual(snapshot.pipelines.__default__!.nodes[0]!.name, name);
  }
  strictEqual(starts(), 2);
  await remove();
});
