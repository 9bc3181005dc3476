import assert from "node:assert/strict";
import { parsed, wordsOf } from "./cli/parsed.ts";
import { makeWorld } from "./cli/world.ts";

const ROOT = new URL("../", import.meta.url);

/** Lines that are only parsed here, and why. */
const NOT_RUN: readonly (readonly [RegExp, string])[] = [
  [/^emulator/, "serves until it is stopped"],
  [/-e prod/, "the project of these tests has no such environment"],
  [/--python/, "no program is run in these tests"],
  [/--cancel-previous/, "no CI run, and so no branch, is known in these tests"],
  [/^job logs --failed/, "no job of these tests failed"],
];

/** Every `kedro-azureml …` of the blocks of a page, without the program's name. */
function commandsOf(page: string): { line: string; shell: boolean }[] {
  const blocks = [...page.matchAll(/^ *```(\w+)[^\n]*\n(.*?)^ *```/gms)];
  return blocks.flatMap(([, language, text]) =>
    [...text!.replaceAll(/\\\n\s*/g, " ").matchAll(/^(?:.*?(?:run:|&&|;|\||\() *|\s*)kedro-azureml (.+)$/gm)]
      .filter(([, line]) => !line!.startsWith('"$@"'))
      .map(([, line]) => ({ line: line!, shell: language === "sh" }))
  );
}

async function* pages(folder: URL): AsyncIterable<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* pages(new URL(`${name}/`, folder));
    else if (name.endsWith(".md")) yield new URL(name, folder);
  }
}

for (const page of [new URL("README.md", ROOT), ...await Array.fromAsync(pages(new URL("docs/", ROOT)))]) {
  const commands = commandsOf(await Deno.readTextFile(page));
  const name = page.pathname.slice(ROOT.pathname.length);
  if (commands.length === 0) continue;

  Deno.test(`${name}: the program takes every command`, async () => {
    for (const { line } of commands) await parsed(wordsOf(line));
  });

  Deno.test(`${name}: its shell commands run`, async () => {
    const world = makeWorld();
    for (const { line, shell } of commands) {
      if (!shell || NOT_RUN.some(([pattern]) => pattern.test(line))) continue;
      assert.equal(await world.kedroAzureml(wordsOf(line)), 0, `${line}\n${world.ctx.stderr()}`);
    }
  });
}

Deno.test("a page's command that the program refuses is found", async () => {
  const [command] = commandsOf("```sh\nkedro-azureml submit --no-such-option  # why\n```\n");
  await assert.rejects(parsed(wordsOf(command!.line)), /Cannot find the option/);
});

const SCRIPTS = await Deno.readTextFile(new URL("docs/json.md", ROOT));

/** Each command of docs/json.md that has a table of keys, with the keys. */
const TABLES = [...SCRIPTS.matchAll(/^### `([^`]+)`\n(.*?)(?=^#|$(?![^]))/gms)].map(([, line, text]) => ({
  line: line!,
  keys: [...text!.matchAll(/^\| `(\w+)`/gm)].map(([, key]) => key!),
}));

for (const { line, keys } of TABLES) {
  Deno.test(`docs/json.md: ${line} has the keys that the page lists`, async () => {
    const world = makeWorld();
    if (line.startsWith("job")) await world.kedroAzureml("submit -j main --wait-for-completion");
    const before = world.ctx.stdout().length;
    await world.kedroAzureml(wordsOf(line));
    const [first] = world.ctx.stdout().slice(before).split("\n");
    assert.deepEqual(Object.keys(JSON.parse(first!)).sort(), [...keys].sort());
  });
}

Deno.test("docs/json.md lists the keys of some results", () => assert.equal(TABLES.length, 5));
