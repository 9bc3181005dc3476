import assert from "node:assert/strict";

const SRC = new URL("../../src/", import.meta.url);

/** Returns the files that are loaded with a file of `src/`, without dynamic imports. */
async function loadedWith(path: string, seen = new Set<string>()): Promise<ReadonlySet<string>> {
  const url = new URL(path, SRC);
  const name = url.pathname.slice(SRC.pathname.length);
  if (seen.has(name)) return seen;
  seen.add(name);
  if (!name.endsWith(".ts")) return seen;
  const text = await Deno.readTextFile(url);
  const imports = text.matchAll(/^(?:import|export) (?!type )(?:[^;"]*? from )?"(\.[^"]+)"/gm);
  for (const [, target] of imports) await loadedWith(new URL(target!, url).href, seen);
  return seen;
}

/** What options are checked with while they are parsed. */
const WITH_OPTIONS = [
  "app/defaults.ts",
];

for await (const { name } of Deno.readDir(new URL("cli/commands/", SRC))) {
  if (!name.endsWith(".ts") || name === "help_pages.ts") continue;
  Deno.test(`help of commands in ${name} does not load their actions`, async () => {
    const loaded = [...await loadedWith(`cli/commands/${name}`)];
    const others = loaded.filter((path) => !/^(?:cli|core)\//.test(path) && !WITH_OPTIONS.includes(path));
    assert.deepEqual(others, []);
    assert.ok(loaded.length < 50, `${loaded.length} modules`);
  });
}

Deno.test("kedro-azureml starts without loading a command", async () => {
  const loaded = [...await loadedWith("cli/command_line.ts")];
  const isOwn = (path: string) => /^(?:cli\/(?!commands)|core\/)/.test(path) || WITH_OPTIONS.includes(path);
  assert.deepEqual(loaded.filter((path) => !isOwn(path)), []);
  assert.ok(loaded.length < 40, `${loaded.length} modules`);
});
