import { strictEqual } from "node:assert/strict";
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

/** Reads a project's snapshot. */
async function readAll(resources: Resources, registry: string, files: Record<string, string> = {}, env = {}) {
  const ctx = projectOf(registry, files, { resources, env });
  const reader = await openReader(ctx, await findProject(ctx, ctx.cwd), { env: "local" });
  try {
    return await reader.snapshot();
  } finally {
    await reader.close();
  }
}

Deno.test("fake reader starts the real one for a changed file or variable", async () => {
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

Deno.test("fake reader does not store readings with later requests for files", async () => {
  const { reader, starts, remove } = await createRememberingReader();
  const registry = `NAME = open("data/name.txt").read()\n${REGISTRY.replace('"one"', "NAME")}`;
  for (const name of ["first", "second"]) {
    const snapshot = await readAll(reader(), registry, { "data/name.txt": name });
    strictEqual(snapshot.pipelines.__default__!.nodes[0]!.name, name);
  }
  strictEqual(starts(), 2);
  await remove();
});
