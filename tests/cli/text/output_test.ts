import { equal } from "node:assert/strict";
import { jsonText } from "../../../src/cli/text/output.ts";

Deno.test("--json keeps the order of jobs with numbers as names", () => {
  const data = {
    a: [new Map([["2", { x: null }], ["__default__", {}], ["1", { y: undefined }]]), undefined],
  };
  equal(jsonText(data), '{"a":[{"2":{"x":null},"__default__":{},"1":{}},null]}');
});
