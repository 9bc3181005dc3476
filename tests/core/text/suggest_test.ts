import assert from "node:assert/strict";
import { didYouMean, nearest } from "../../../src/core/text/suggest.ts";

Deno.test("nearest() finds a name with a typo, another case or another separator", () => {
  assert.equal(nearest("pipline_name", ["tags", "pipeline_name"]), "pipeline_name");
  assert.equal(nearest("Pipeline-Name", ["tags", "pipeline_name"]), "pipeline_name");
});

Deno.test("nearest() returns undefined if no name is similar", () => {
  assert.equal(nearest("retry", ["workspace", "limits"]), undefined);
  assert.equal(nearest("x", []), undefined);
});

Deno.test("didYouMean() returns a question or nothing", () => {
  assert.equal(didYouMean("mian", ["main"]), ' (did you mean "main"?)');
  assert.equal(didYouMean("mian", ["other"]), "");
});
