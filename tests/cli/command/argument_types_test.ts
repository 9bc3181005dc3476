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

Deno.test("count() accepts 1 and rejects 0, fractions and words", () => {
  assert.equal(count("1"), 1);
  for (const text of ["0", "-1", "1.5", "many"]) {
    assert.throws(() => count(text), { message: "use a whole number above 0" });
  }
});

Deno.test("seconds() accepts times with and without units and rejects 0 and words", () => {
  assert.deepEqual(["1", "1.5", "2m", "1h30m"].map(seconds), [1, 1.5, 120, 5400]);
  for (const text of ["0", "-1", "many", "5 weeks"]) {
    assert.throws(() => seconds(text), { message: /^use a time such as 90s, 30m, 2h/ });
  }
});
