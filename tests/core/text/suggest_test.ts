import assert from "node:assert/strict";
import { didYouMean, nearest } from "../../../src/core/text/suggest.ts";

Deno.test("nearest() finds a name with a letter wrong, in another case, or with another separator", () => {
  assert.equal(nearest("pipline_name", ["tags", "pipeline_name"]), "pipeline_name");
  assert.equal(nearest("Pipeline-Name", ["tags", "pipeline_name"]), "pipeline_name");
});

Deno.test("nearest() finds nothing where no name is near", () => {
  assert.equal(nearest("retry", ["workspace", "limits"]), undefined);
  assert.equal(nearest("x", []), undefined);
});

Deno.test("didYouMean() asks, or says nothing", () => {
  assert.equal(didYouMean("mian", ["main"]), ' (did you mean "main"?)');
  assert.equal(didYouMean("mian", ["other"]), "");
});
