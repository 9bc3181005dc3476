import { equal } from "node:assert/strict";
import { fromPlain, pythonFloat, toPlain } from "../../../src/config/omegaconf/node.ts";

/** Python's `str` of floats. */
const FLOATS: readonly (readonly [value: number, text: string])[] = [
  [0, "0.0"],
  [-0, "-0.0"],
  [1, "1.0"],
  [-1.5, "-1.5"],
  [0.1, "0.1"],
  [0.0001, "0.0001"],
  [0.00001, "1e-05"],
  [1.5e-10, "1.5e-10"],
  [123456.789, "123456.789"],
  [1e15, "1000000000000000.0"],
  [1e16, "1e+16"],
  [1.25e100, "1.25e+100"],
  [Infinity, "inf"],
  [-Infinity, "-inf"],
  [NaN, "nan"],
];

for (const [value, text] of FLOATS) {
  Deno.test(`pythonFloat() writes ${text} as Python does`, () => equal(pythonFloat(value), text));
}

Deno.test("fromPlain() reads whole numbers as integers, and raw JSON as it is written", () => {
  const raw = JSON.parse('{"a": 1.0, "b": 12345678901234567890, "c": [1, 1.5, null, "x", true, {"d": -2}]}', (
    _key,
    value,
    context?: { readonly source?: string },
  ) =>
    typeof value === "number"
      ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(context!.source!)
      : value);
  const node = fromPlain(raw, { file: "f" });
  equal(
    JSON.stringify(toPlain(node, { keepFloats: true })),
    '{"a":1.0,"b":12345678901234567890,"c":[1,1.5,null,"x",true,{"d":-2}]}',
  );
  equal(
    JSON.stringify(toPlain(node)),
    '{"a":1,"b":12345678901234567000,"c":[1,1.5,null,"x",true,{"d":-2}]}',
  );
  equal(
    JSON.stringify(toPlain(fromPlain([1, 2.5, undefined], { file: "f" }), { keepFloats: true })),
    "[1,2.5,null]",
  );
});
