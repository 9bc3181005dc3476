import { equal, throws } from "node:assert/strict";
import { parseJson, pythonJson } from "../../src/core/json.ts";

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

Deno.test("parseJson() rejects invalid JSON", () => throws(() => parseJson("{alpha: 5}"), SyntaxError));

Deno.test("pythonJson() writes NaN and Infinity as Python does", () => {
  equal(
    pythonJson([NaN, Infinity, -Infinity, -0, 1e21, 5n, undefined, true]),
    "[NaN, Infinity, -Infinity, 0, 1e+21, 5, null, true]",
  );
  equal(pythonJson({ b: 1, a: undefined, c: "\u007f\u0080" }), '{"b": 1, "c": "\u007f\\u0080"}');
});
