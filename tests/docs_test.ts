import assert from "node:assert/strict";
import { pathOf, visit } from "../src/cli/parse/command.ts";
import { run } from "../src/cli/command_line.ts";
import { commandOf, wholeProgram, wordsOf } from "./cli/parsed.ts";
import { makeWorld } from "./cli/world.ts";
import { stepPrograms, writesOutputs } from "./fakes/step_programs.ts";
import { personWorld } from "./credentials/person.ts";

const ROOT = new URL("../", import.meta.url);

/** Lines that are only parsed, and why. */
const NOT_RUN: readonly (readonly [RegExp, string])[] = [
  [/^(?:emulator|ui)/, "serves until it is stopped"],
  [/--from rehearsed/, "no program is run in these tests, so nothing is rehearsed"],
  [/^setup *(#.*)?$/, "asks a person"],
  [/^rehearse/, "no program is run in these tests"],
  [/-e prod/, "the project of these tests has no such environment"],
  [/--python/, "no program is run in these tests"],
  [/--cancel-previous/, "no CI run, and so no branch, is known in these tests"],
  [/^job logs --failed/, "no job of these tests failed"],
  [/^job compare main~1/, "these tests submit a job only once"],
];

/** Returns every `kedro-azureml …` line of the blocks of a page, without the program's name. */
function commandsOf(page: string): { line: string; shell: boolean }[] {
  const blocks = [...page.matchAll(/^ *```(\w+)[^\n]*\n(.*?)^ *```/gms)];
  return blocks.flatMap(([, language, text]) =>
    [...text!.replaceAll(/\\\n\s*/g, " ").matchAll(/^(?:.*?(?:run:|&&|;|\||\() *|\s*)kedro-azureml (.+)$/gm)]
      .filter(([, line]) => !line!.startsWith('"$@"'))
      .map(([, line]) => ({ line: line!.replace(/\)"$/, ""), shell: language === "sh" }))
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

  Deno.test(`${name} contains only valid command lines`, async () => {
    for (const { line } of commands) await commandOf(wordsOf(line));
  });

  const runnable = commands.filter(({ line, shell }) =>
    shell && !NOT_RUN.some(([pattern]) => pattern.test(line))
  );
  if (runnable.length === 0) continue;

  Deno.test(`${name} contains only valid shell commands`, async () => {
    const world = makeWorld();
    for (const { line } of runnable) {
      assert.equal(await world.kedroAzureml(wordsOf(line)), 0, `${line}\n${world.ctx.stderr()}`);
    }
  });
}

Deno.test("an invalid command in docs is found", async () => {
  const [command] = commandsOf("```sh\nkedro-azureml submit --no-such-option  # why\n```\n");
  await assert.rejects(commandOf(wordsOf(command!.line)), /Unknown option/);
});

const JSON_PAGE = await Deno.readTextFile(new URL("docs/json.md", ROOT));

/** A key in a cell of docs/json.md; a `?` marks optional ones. */
interface DocumentedKey {
  readonly key: string;
  readonly isOptional: boolean;
}

/** Each command in the tables of docs/json.md with its keys: what is in backticks, but not in parentheses. */
const RESULTS = [...JSON_PAGE.matchAll(/^\| `([^`]+ --json)` +\| (.+) \|$/gm)].map(([, line, cell]) => {
  const [keys] = cell!.replaceAll(/\([^)]*\)/g, "").replace(/^of each[^:]*:/, "").split(";");
  return {
    line: line!,
    keys: [...keys!.matchAll(/`(\w+)`(\??)/g)].map(([, key, mark]): DocumentedKey => ({
      key: key!,
      isOptional: mark === "?",
    })),
  };
});

/** Returns the keys of the last printed result, or of the first entry of a list. */
function keysOf(printed: string): string[] {
  const last = JSON.parse(printed.trimEnd().split("\n").at(-1)!);
  return Object.keys(Array.isArray(last) ? last[0] : last);
}

function checkKeys(line: string, keys: readonly DocumentedKey[], printed: string): void {
  const found = new Set(keysOf(printed));
  const documented = new Set(keys.map(({ key }) => key));
  const missing = keys.filter(({ key, isOptional }) => !isOptional && !found.has(key)).map(({ key }) => key);
  assert.deepEqual({ missing, undocumented: [...found].filter((key) => !documented.has(key)) }, {
    missing: [],
    undocumented: [],
  }, line);
}

/** Commands that need another world, with functions that run them. */
const OTHER_WORLDS: Readonly<Record<string, (line: string) => Promise<string>>> = {
  "auth login": async (line) => {
    const { ctx } = personWorld({});
    assert.equal(await run(line.split(" "), ctx), 0, ctx.stderr());
    return ctx.stdout();
  },
  rehearse: async (line) => {
    const serve = () => Promise.resolve({ port: 4711, finished: Promise.resolve() });
    const world = makeWorld({ serve, exec: stepPrograms(() => world.ctx.files, writesOutputs) });
    assert.equal(await world.kedroAzureml(wordsOf(line)), 0, world.ctx.stderr());
    return world.ctx.stdout();
  },
  migrate: async (line) => {
    const world = makeWorld();
    await world.ctx.fs.writeText("/home/user/tiny/conf/base/azureml.yml", "azure: { workspace_name: ws }\n");
    assert.equal(await world.kedroAzureml(wordsOf(line)), 0, world.ctx.stderr());
    return world.ctx.stdout();
  },
  ui: async (line) => {
    const serve = () => Promise.resolve({ port: 4711, finished: Promise.resolve() });
    const world = makeWorld({ serve });
    assert.equal(await world.kedroAzureml(wordsOf(line)), 0, world.ctx.stderr());
    return world.ctx.stdout();
  },
  "emulator status": async (line) => {
    const { ctx } = makeWorld();
    assert.equal(await run(line.split(" "), ctx), 1, ctx.stderr());
    return ctx.stdout();
  },
  emulator: async (line) => {
    const { ctx } = makeWorld();
    const serve = () => Promise.resolve({ port: 4711, finished: Promise.resolve() });
    assert.equal(await run(line.split(" "), { ...ctx, serve }), 0, ctx.stderr());
    return ctx.stdout();
  },
};

Deno.test("README.md counts the differences from the plugin", async () => {
  const [readme, differences] = await Promise.all(
    ["README.md", "docs/differences.md"].map((page) => Deno.readTextFile(new URL(page, ROOT))),
  );
  const [table = ""] = /^## The job\n[^]*?(?=^## )/m.exec(differences!) ?? [];
  const rows = table.match(/^\| (?!-|subject)/gm)!.length;
  assert.match(readme!, new RegExp(`\\[${rows} differences\\]\\(docs/differences\\.md#the-job\\)`));
});

Deno.test("docs/json.md has the keys of each command's output", async () => {
  const world = makeWorld();
  for (const { line, keys } of RESULTS) {
    const other = Object.entries(OTHER_WORLDS).find(([command]) => line.startsWith(command));
    if (other !== undefined) {
      checkKeys(line, keys, await other[1](line));
      continue;
    }
    const before = world.ctx.stdout().length;
    assert.equal(await world.kedroAzureml(wordsOf(line)), 0, `${line}\n${world.ctx.stderr()}`);
    checkKeys(line, keys, world.ctx.stdout().slice(before));
  }
});

Deno.test("docs/json.md has a section for every command", async () => {
  const documented = RESULTS.map(({ line }) => line);
  const missing: string[] = [];
  visit(await wholeProgram(), (command) => {
    const path = pathOf(command);
    const isShown = command.parent?.createHelp().visibleCommands(command.parent).includes(command);
    if (!isShown || command.commands.length > 0 && path !== "schedule") return;
    if (!documented.some((line) => line.startsWith(path)) && !JSON_PAGE.includes(`\`${path}\``)) {
      missing.push(path);
    }
  });
  assert.deepEqual(missing, []);
});
