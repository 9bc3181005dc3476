import assert from "node:assert/strict";
import { renderText, renderValue } from "../../src/config/jobs.ts";
import { parseJson } from "../../src/core/json.ts";

Deno.test("renderText() keeps unknown placeholders", () => {
  const values = { region: "emea" };
  assert.equal(renderText("{{{region}}}-{region}", values), "{emea}-emea");
  assert.equal(renderText("{region}-{vehicle}", values), "{region}-{vehicle}");
  assert.equal(renderText("{region}-}", values), "{region}-}");
});

Deno.test("renderValue() keeps 1.0 and long integers", () => {
  const value = parseJson('{"rate":1.0,"big":12345678901234567890,"who":"{region}"}');
  assert.equal(
    JSON.stringify(renderValue(value, { region: "emea" })),
    '{"rate":1.0,"big":12345678901234567890,"who":"emea"}',
  );
});
