import { deepEqual } from "node:assert/strict";
import type { AskModules, ModuleFacts } from "../../../src/kedro/modules.ts";
import { keptFacts } from "../../../src/kedro/reader/module_facts.ts";
import { askModules } from "../../fakes/modules.ts";

const NOTHING: ModuleFacts = {
  imports: [],
  functions: {},
  variables: [],
  classes: {},
  names: [],
  is_open: false,
};

/** A store in memory, and an asker that notes the names of what it is asked. */
function keeping() {
  const entries = new Map<string, string>();
  const asked: string[][] = [];
  const ask: AskModules = async (texts) => {
    asked.push(Object.keys(texts));
    return Object.fromEntries(
      Object.entries(texts).map((
        [name, text],
      ) => [name, text === "?" ? null : { ...NOTHING, names: [text] }]),
    );
  };
  const store = {
    read: async (key: string) => entries.get(key),
    write: async (key: string, text: string) => void entries.set(key, text),
  };
  return { entries, asked, facts: keptFacts(store, async () => "key", ask) };
}

Deno.test("keptFacts() parses each text once", async () => {
  const { asked, facts } = keeping();
  await facts({ a: "x", b: "?" });
  deepEqual(await facts({ c: "x", b: "?", d: "y" }), {
    c: { ...NOTHING, names: ["x"] },
    b: null,
    d: { ...NOTHING, names: ["y"] },
  });
  deepEqual(asked, [["a", "b"], ["d"]]);
});

Deno.test("keptFacts() parses again if its entry is damaged", async () => {
  const { entries, asked, facts } = keeping();
  await facts({ a: "x" });
  entries.set("key", entries.get("key")!.replace("false", '"no"'));
  deepEqual(await facts({ a: "x" }), { a: { ...NOTHING, names: ["x"] } });
  deepEqual(asked, [["a"], ["a"]]);
});

Deno.test("modules() returns null for invalid Python", async () => {
  const texts = {
    two: "print 'x'",
    half: "import a\ndef (",
    nul: "a\0",
    deep: "(".repeat(500),
    bom: "\ufeffx = 1",
  };
  const { bom, ...rest } = await askModules(texts);
  deepEqual(rest, { two: null, half: null, nul: null, deep: null });
  deepEqual(bom!.names, ["x"]);
});

Deno.test("modules() counts columns in characters", async () => {
  const { m } = await askModules({
    m: 'import os\nx = "ä"; import a\n@os.environ["A"]\ndef f(b=os.environ["B"]): pass\n',
  });
  deepEqual(m!.imports.map(({ module, column }) => [module, column]), [["os", 1], ["a", 10]]);
  deepEqual(m!.variables.map(({ variable, when }) => [variable, when]), [["A", "always"], ["B", "called"]]);
  deepEqual(m!.functions.f, { line: 4, first: 3, last: 4 });
});
