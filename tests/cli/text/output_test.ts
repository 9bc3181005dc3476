import { equal } from "node:assert/strict";
import { jsonText } from "../../../src/cli/text/output.ts";

Deno.test("jsonText() keeps the order of a Map, even with integer keys", () => {
  const data = {
    a: [new Map([["2", { x: null }], ["__default__", {}], ["1", { y: undefined }]]), undefined],
  };
  equal(jsonText(data), '{"a":[{"2":{"x":null},"__default__":{},"1":{}},null]}');
});
