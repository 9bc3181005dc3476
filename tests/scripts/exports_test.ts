import { fileURLToPath } from "node:url";
import { deepStrictEqual } from "node:assert/strict";
import { join, relative } from "node:path";

const SRC = fileURLToPath(new URL("../../src/", import.meta.url));
const EXPORT = /^export (?:async )?(?:function\*?|const|class|interface|type) (\w+)/gm;

/** Returns the files of `src/` that declare each exported name. */
async function declarations(folder = SRC, found = new Map<string, Set<string>>()) {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) await declarations(path, found);
    if (!/\.tsx?$/.test(name)) continue;
    for (const [, exported] of (await Deno.readTextFile(path)).matchAll(EXPORT)) {
      found.set(exported!, (found.get(exported!) ?? new Set()).add(relative(SRC, path)));
    }
  }
  return found;
}

Deno.test("exports of src have unique names", async () => {
  const twice = [...await declarations()].filter(([, files]) => files.size > 1);
  deepStrictEqual(twice.map(([name, files]) => [name, ...files]), []);
});
