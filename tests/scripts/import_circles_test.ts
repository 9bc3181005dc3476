import { fileURLToPath } from "node:url";
import { deepStrictEqual } from "node:assert/strict";
import { dirname, join, relative } from "node:path";

const SRC = fileURLToPath(new URL("../../src/", import.meta.url));
const IMPORT = /(?:from\s*|import\s*\(\s*|import\s+)"(\.{1,2}\/[^"]+)"/g;

/** The files that each file of `src/` imports, types included, by paths below `src/`. */
async function imports(folder = SRC, found = new Map<string, string[]>()): Promise<Map<string, string[]>> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) await imports(path, found);
    if (!/\.tsx?$/.test(name)) continue;
    const text = await Deno.readTextFile(path);
    const targets = [...text.matchAll(IMPORT)].map(([, to]) => relative(SRC, join(dirname(path), to!)));
    found.set(relative(SRC, path), targets);
  }
  return found;
}

/** One way from a file or folder back to itself, for each that has one. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const state = new Map<string, "open" | "done">();
  const found: string[] = [];
  function visit(node: string, way: readonly string[]): void {
    if (state.get(node) === "done") return;
    if (state.get(node) === "open") {
      found.push([...way.slice(way.indexOf(node)), node].join(" → "));
      return;
    }
    state.set(node, "open");
    for (const next of graph.get(node) ?? []) visit(next, [...way, node]);
    state.set(node, "done");
  }
  for (const node of graph.keys()) visit(node, []);
  return found;
}

Deno.test("no files of src import each other in a circle, types included", async () => {
  deepStrictEqual(circles(await imports()), []);
});

Deno.test("no folders of src import each other in a circle, types included", async () => {
  const folders = new Map<string, string[]>();
  for (const [file, targets] of await imports()) {
    const from = dirname(file);
    const to = targets.map((target) => dirname(target)).filter((folder) => folder !== from);
    folders.set(from, [...new Set([...folders.get(from) ?? [], ...to])]);
  }
  deepStrictEqual(circles(folders), []);
});

Deno.test("a circle is found", () => {
  const graph = new Map([["a", ["b"]], ["b", ["c"]], ["c", ["b", "d"]], ["d", []]]);
  deepStrictEqual(circles(graph), ["b → c → b"]);
});

Deno.test("no folder of src has more than 20 files of code side by side", async () => {
  const counts = new Map<string, number>();
  for (const file of (await imports()).keys()) {
    counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  }
  deepStrictEqual([...counts].filter(([, count]) => count > 20), []);
});
