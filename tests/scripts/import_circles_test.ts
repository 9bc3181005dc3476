import { fileURLToPath } from "node:url";
import { deepStrictEqual } from "node:assert/strict";
import { dirname, join, relative } from "node:path";

const SRC = fileURLToPath(new URL("../../src/", import.meta.url));
const IMPORT = /(?:from\s*|import\s*\(\s*|import\s+)"(\.{1,2}\/[^"]+)"/g;

/** Returns the imports of each file of `src/`, types included. */
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

/** Returns the cycles of a graph. */
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

Deno.test("files of src have no import cycles", async () => {
  deepStrictEqual(circles(await imports()), []);
});

Deno.test("folders of src have no import cycles", async () => {
  const folders = new Map<string, string[]>();
  for (const [file, targets] of await imports()) {
    const from = dirname(file);
    const to = targets.map((target) => dirname(target)).filter((folder) => folder !== from);
    folders.set(from, [...new Set([...folders.get(from) ?? [], ...to])]);
  }
  deepStrictEqual(circles(folders), []);
});

Deno.test("the check of imports finds a cycle", () => {
  const graph = new Map([["a", ["b"]], ["b", ["c"]], ["c", ["b", "d"]], ["d", []]]);
  deepStrictEqual(circles(graph), ["b → c → b"]);
});
