import assert from "node:assert/strict";

const SRC = new URL("../../../src/", import.meta.url);

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

Deno.test("only emulator and rehearse load the modules of the emulator", async () => {
  const ofEmulator = async (path: string) =>
    [...await loadedWith(path)].filter((name) => /^(?:app\/)?(?:emulator|rehearse)\//.test(name));
  for (
    const path of [
      "cli/run.ts",
      "cli/terminal/command_context.ts",
      "cli/commands/submit.ts",
      "cli/commands/job.ts",
    ]
  ) {
    assert.deepEqual(await ofEmulator(path), [], path);
  }
  assert.ok((await ofEmulator("cli/commands/rehearse.ts")).includes("emulator/runner/runner.ts"));
  assert.ok((await ofEmulator("cli/commands/emulator.ts")).includes("emulator/emulator.ts"));
});
