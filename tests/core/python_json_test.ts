import { deepEqual, equal, throws } from "node:assert/strict";
import { finiteFloat, parseJson, pythonJson } from "../../src/core/json.ts";

/** Output of CPython 3.11 for `json.dumps(json.loads(text))`. */
const cases: readonly (readonly [string, string])[] = [
  ['{"a":1,"b":[true,null,"x"]}', '{"a": 1, "b": [true, null, "x"]}'],
  ["1.0", "1.0"],
  ["-0.0", "-0.0"],
  ["1e3", "1000.0"],
  ["1e16", "1e+16"],
  ["123456789012345.5", "123456789012345.5"],
  ["0.0001", "0.0001"],
  ["0.00001", "1e-05"],
  ["1.5e-7", "1.5e-07"],
  ["1e-100", "1e-100"],
  ["12345678901234567890", "12345678901234567890"],
  ["[]", "[]"],
  ["{}", "{}"],
  ['"héllo ✓ 😀 \\u007f \\" \\\\ /"', '"h\\u00e9llo \\u2713 \\ud83d\\ude00 \u007f \\" \\\\ /"'],
  ['{"a": 1, "a": 2}', '{"a": 2}'],
];

for (const [text, expected] of cases) {
  Deno.test(`pythonJson() writes ${text} as Python does`, () => equal(pythonJson(parseJson(text)), expected));
}

Deno.test("pythonJson() sorts keys by code point, not by UTF-16 unit", () => {
  const keys = { "\u{1F600}": 1, "\uFF5E": 2, "b": 3, "a": 4 };
  equal(pythonJson(keys, { sortKeys: true }), '{"a": 4, "b": 3, "\\uff5e": 2, "\\ud83d\\ude00": 1}');
});

Deno.test("parseJson() rejects invalid JSON", () => throws(() => parseJson("{alpha: 5}"), SyntaxError));

Deno.test("pythonJson() writes NaN and Infinity as Python does, and omits undefined fields", () => {
  equal(
    pythonJson([NaN, Infinity, -Infinity, -0, 1e21, 5n, undefined, true]),
    "[NaN, Infinity, -Infinity, 0, 1e+21, 5, null, true]",
  );
  equal(pythonJson({ b: 1, a: undefined, c: "\u007f\u0080" }), '{"b": 1, "c": "\u007f\\u0080"}');
});

Deno.test("pythonJson() keeps the order of keys unless sortKeys is set", () => {
  const value = { b: 1, aa: 2, a: 3, "": 4 };
  equal(pythonJson(value), '{"b": 1, "aa": 2, "a": 3, "": 4}');
  equal(pythonJson(value, { sortKeys: true }), '{"": 4, "a": 3, "aa": 2, "b": 1}');
  equal(
    pythonJson([{ b: { d: 1, c: [{ f: 2, e: 3 }] } }], { sortKeys: true }),
    '[{"b": {"c": [{"e": 3, "f": 2}], "d": 1}}]',
  );
});

Deno.test("finiteFloat() writes floats as Python's repr() does", () => {
  deepEqual([0, -0, 5, 0.1, 1e-4, 1.25e-5, 9999999999999998, 1e16, 0.00012345].map(finiteFloat), [
    ...["0.0", "-0.0", "5.0", "0.1", "0.0001", "1.25e-05"],
    ...["9999999999999998.0", "1e+16", "0.00012345"],
  ]);
});

Deno.test("pythonJson() writes whole numbers without an exponent up to 1e21", () => {
  equal(
    pythonJson([1e15, 1e16, 1e20, -1e20]),
    "[1000000000000000, 10000000000000000, 100000000000000000000, -100000000000000000000]",
  );
});
