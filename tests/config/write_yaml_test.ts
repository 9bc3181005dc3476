import assert from "node:assert/strict";
import { parse, stringify } from "yaml";
import { commentedYamlText, yamlText } from "../../src/config/write_yaml.ts";
import { rawJson } from "../../src/core/json.ts";
import { randomNumbers } from "../fakes/random_numbers.ts";

const byPackage = (data: unknown) =>
  stringify(data, { version: "1.1", lineWidth: 110, aliasDuplicateObjects: false });

const TEXTS = [
  ..."yes No ON off true False NULL null ~ y N << = . .. ... --- % - ? : a: a:b a::b #a a#b a_1 _ 1 1_0 0x1F 1:20"
    .split(" "),
  ..."1e3 .5 .inf .NaN +1 0o7 0b1 2001-01-01 2001-01-01T00:00:00Z azureml:env@latest ${{inputs.a}} $ $:{ / /a/b 0 00 12 08 9_9 {} [] & * ! | >"
    .split(" "),
  "",
  " a",
  "a ",
  "a b",
  "a: b",
  "a #b",
  "a\n",
  "a\n\n",
  "\na",
  "a\nb",
  "a\n  b\n",
  "\t",
  "\u0000",
  "ü",
  "it's",
  'say "x"',
  `'"`,
  "%a\nb",
  "---\na",
  `${"word ".repeat(60)}end`,
  `${"x".repeat(200)}`,
  `a ${"x".repeat(200)} b: ${"y ".repeat(90)}`,
  `k${"x".repeat(1100)}`,
  "constructor",
  "toString",
  "\ud800",
];
const OTHERS = [null, undefined, true, false, 0, -0, 1.5, 1e21, NaN, Infinity, 10n, new Date(0), {}, []];

Deno.test("yamlText() writes random data as the yaml package does", () => {
  const random = randomNumbers(7);
  const among = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const value = (depth: number): unknown => {
    const kind = random();
    if (kind < 0.4) return among(TEXTS);
    if (kind < 0.55 || depth > 6) return among(OTHERS);
    const items = Array.from({ length: Math.floor(random() * 4) }, () => value(depth + 1));
    if (kind < 0.65) return items;
    return Object.fromEntries(items.map((item, at) => [random() < 0.5 ? `key_${at}` : among(TEXTS), item]));
  };
  for (let run = 0; run < 4000; run++) {
    const data = value(0);
    assert.equal(
      yamlText(data),
      byPackage(data),
      JSON.stringify(data, (_, one) => typeof one === "bigint" ? 0 : one),
    );
  }
});

Deno.test("yamlText() quotes special characters as the yaml package does", () => {
  for (const text of TEXTS) {
    for (
      const data of [{ [text]: text }, { a: { [text]: text, b: "c" } }, {
        a: { b: { c: { d: { e: text } } } },
      }]
    ) {
      assert.equal(yamlText(data), byPackage(data), text);
      if (text !== "\ud800" && text !== "<<") {
        assert.deepEqual(parse(yamlText(data), { version: "1.1" }), data);
      }
    }
  }
});

Deno.test("commentedYamlText() adds a comment to each line", () => {
  const long = "word ".repeat(40).trimEnd();
  const data = { a: { b: long, c: rawJson("12345678901234567890") }, d: [rawJson("1.0"), 2], e: {}, f: [] };
  assert.equal(
    commentedYamlText(data, ["x.yml:1", "x.yml:2", "y.yml:3", "y.yml:4", "z.yml:5", "z.yml:6"]),
    `a:
  b: ${long} # x.yml:1
  c: 12345678901234567890 # x.yml:2
d:
  - 1.0 # y.yml:3
  - 2 # y.yml:4
e:
  {}
  # z.yml:5
f:
  []
  # z.yml:6
`,
  );
});
