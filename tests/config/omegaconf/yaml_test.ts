import { deepEqual, throws } from "node:assert/strict";
import { toPlain } from "../../../src/config/omegaconf/node.ts";
import { parseYaml } from "../../../src/config/omegaconf/yaml.ts";

const read = (text: string) => toPlain(parseYaml(text, "a.yml")!);

Deno.test("parseYaml() rejects a tab as indentation", () => {
  deepEqual(read("a: |\n  x\n  \ty\n"), { a: "x\n\ty\n" });
  const tab = { message: /indented with a tab/, place: { file: "a.yml", line: 2, column: 1 } };
  throws(() => read("a:\n\tb: 1\n"), tab);
  throws(() => read("a: [1,\n\t2]\n"), tab);
});

/** What PyYAML makes of a tab after blanks. */
const TABS: readonly (readonly [text: string, value: unknown])[] = [
  ['"x\n  \ty"', "x y"],
  ['["x\n \ty"]', ["x y"]],
  [">\n  x\n  \ty", "x\n\ty\n"],
  ["x\n \ty", undefined],
  ["[x\n  \ty]", undefined],
  ["[1,\n \t2]", undefined],
];
for (const [text, value] of TABS) {
  Deno.test(`parseYaml() ${value === undefined ? "rejects" : "reads"} a tab in ${JSON.stringify(text)}`, () => {
    const place = { file: "a.yml", line: 2, column: text.split("\n")[1]!.indexOf("\t") + 1 };
    if (value === undefined) throws(() => read(`a: ${text}\n`), { message: /indented with a tab/, place });
    else deepEqual(read(`a: ${text}\n`), { a: value });
  });
}

Deno.test("parseYaml() names the line of too deep brackets", () => {
  const deep = `a: 1\nb: 2\nc: ${"[".repeat(20_000)}`;
  throws(() => read(deep), ({ place }) => place.line === 3 && place.column === 10_004);
  throws(() => read(deep.slice(13)), ({ place }) => place.line === 1 && place.column === 10_001);
});

Deno.test("parseYaml() rejects a second document", () => {
  throws(() => read("a: 1\n---\nb: 2\n"), { place: { file: "a.yml", line: 2, column: 1 } });
});

/** Texts, and the end of the message with its line and column. */
const REJECTED: readonly (readonly [text: string, what: string, line: number, column: number])[] = [
  ["a: *none\n", 'unknown anchor "&none"', 1, 4],
  ["a: &x\n  b: *x\n", "an alias refers to a value that contains it", 2, 3],
  ["a: &x [*x]\n", "an alias refers to a value that contains it", 1, 7],
  ["a: !!set [1]\n", 'unsupported tag "tag:yaml.org,2002:set"', 1, 10],
  ["a: !!float 0x1\n", 'unsupported tag "tag:yaml.org,2002:float"', 1, 12],
  ["a: !mine {b: 1}\n", 'unsupported tag "!mine"', 1, 10],
  ["a: 1\nb: 2\na: 3\n", 'duplicate key "a", first at f.yml:1:1', 3, 1],
  ["<<: 1\n", "`<<` takes a mapping or a list of mappings", 1, 5],
  ["[a]: 1\n", "a key must be text, a number or a boolean", 1, 1],
  ["a: =\n", "a bare `=` is not a value; quote it", 1, 4],
  ["- <<\n", "a bare `<<` is not a value; quote it", 1, 3],
  ["a: b\nc d\n", "this line is not `key: value`", 2, 1],
  ["a: b: c\n", "a value with a colon and a space must be in quotes", 1, 4],
  ["a: b\n  c: d\n", "this line is indented below a key that has a value", 2, 3],
  ["a: [b]\nc: [d, [e]\nf: 1\n", "this [ is not closed", 2, 4],
  ["a: 'b\n", "this quote is not closed", 1, 4],
  ['a:\n  c: "b\nd: "2"\ne: "3"\n', "this quote is not closed", 2, 6],
  ['a: 1\nc: "b\nd: 2\n', "this quote is not closed", 2, 4],
];

for (const [text, what, line, column] of REJECTED) {
  Deno.test(`parseYaml() rejects ${JSON.stringify(text)}: ${what}`, () => {
    throws(() => parseYaml(text, "f.yml"), {
      code: "config.yaml",
      message: `Cannot read "f.yml": ${what}`,
      place: { file: "f.yml", line, column },
    });
  });
}

Deno.test("parseYaml() prefers own keys to merged ones", () => {
  const text = "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz:\n  <<: [*x, *y]\n  c: 3\nw: {'<<': 1}\n";
  deepEqual(read(text), {
    x: { a: 1, b: 1 },
    y: { b: 2, c: 2 },
    z: { a: 1, b: 1, c: 3 },
    w: { "<<": 1 },
  });
});

Deno.test("parseYaml() accepts empty values", () => {
  deepEqual(read("a:\nb: [1, ]\nc: ! \nd: !!str 5\n=: e\n"), { a: null, b: [1], c: "", d: "5", "=": "e" });
  deepEqual(parseYaml("", "f.yml"), undefined);
});
