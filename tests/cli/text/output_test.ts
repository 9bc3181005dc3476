import { equal } from "node:assert/strict";
import { jsonText } from "../../../src/cli/text/output.ts";

Deno.test("jsonText() keeps the order of a Map, even with integer keys", () => {
  const data = {
    a: [new Map([["2", { x: null }], ["__default__", {}], ["1", { y: undefined }]]), undefined],
  };
  equal(jsonText(data), '{"a":[{"2":{"x":null},"__default__":{},"1":{}},null]}');
});

Deno.test("jsonText() returns the same as JSON.stringify() for data without a Map", () => {
  const data = {
    a: [1, "é\n", null, true, { b: undefined, c: new Date(0) }],
    d: { "2": 1, "1": {} },
    e: 1.5,
  };
  equal(jsonText(data), JSON.stringify(data));
});
