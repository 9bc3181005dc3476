import assert from "node:assert/strict";
import { count, nodeNames, seconds } from "../../../src/cli/command/argument_types.ts";

/** Results of Kedro 1.7.0's `split_node_names`, except for empty names. */
const CASES: Readonly<Record<string, readonly string[]>> = {
  "": [],
  "a": ["a"],
  "a, b ,c": ["a", "b", "c"],
  "f([a,b]) -> [c]": ["f([a,b]) -> [c]"],
  "f([a,b]) -> [c],g([c]) -> [d,e],last": ["f([a,b]) -> [c]", "g([c]) -> [d,e]", "last"],
  "ns.f([params:a,ns.b]) -> None, x": ["ns.f([params:a,ns.b]) -> None", "x"],
  "f([[a,b],c]),d": ["f([[a,b],c])", "d"],
  "a,,b,": ["a", "b"],
  "f([a,b": ["f([a,b"],
};

for (const [text, names] of Object.entries(CASES)) {
  Deno.test(`nodeNames() splits only outside brackets: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(nodeNames(text), names);
  });
}

Deno.test("nodeNames() appends to earlier names", () => {
  assert.deepEqual(nodeNames("b", ["a"]), ["a", "b"]);
});

for (
  const [parse, hint] of [[count, "a whole number above 0"], [
    seconds,
    "a whole number of seconds above 0",
  ]] as const
) {
  Deno.test(`${parse.name}() accepts 1 and rejects 0, fractions and words`, () => {
    assert.equal(parse("1"), 1);
    for (const text of ["0", "-1", "1.5", "many"]) {
      assert.throws(() => parse(text), { message: `use ${hint}` });
    }
  });
}
