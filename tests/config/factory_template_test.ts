import assert from "node:assert/strict";
import { fixedLength, matchTemplate, placeholders, renderText, renderValue } from "../../src/config/jobs.ts";
import { parseJson } from "../../src/core/json.ts";

Deno.test("matchTemplate() matches a namespace segment by segment", () => {
  assert.deepEqual(matchTemplate("{region}.{vehicle}", "emea.bike"), { region: "emea", vehicle: "bike" });
  assert.deepEqual(matchTemplate("fleet.{vehicle}", "fleet.bike"), { vehicle: "bike" });
  assert.equal(matchTemplate("fleet.{vehicle}", "other.bike"), undefined);
});

Deno.test("renderText() leaves unknown placeholders and unmatched braces unchanged", () => {
  const values = { region: "emea" };
  assert.equal(renderText("{{{region}}}-{region}", values), "{emea}-emea");
  assert.equal(renderText("{region}-{vehicle}", values), "{region}-{vehicle}");
  assert.equal(renderText("{region}-}", values), "{region}-}");
});

Deno.test("renderValue() fills in text at every depth but not in keys", () => {
  const rendered = renderValue({ "{region}": ["{region}", 1, null] }, { region: "emea" });
  assert.deepEqual(rendered, { "{region}": ["emea", 1, null] });
});

Deno.test("renderValue() keeps floats and long integers as they are written", () => {
  const value = parseJson('{"rate":1.0,"big":12345678901234567890,"who":"{region}"}');
  assert.equal(
    JSON.stringify(renderValue(value, { region: "emea" })),
    '{"rate":1.0,"big":12345678901234567890,"who":"emea"}',
  );
});

Deno.test("placeholders() lists each placeholder once", () => {
  assert.deepEqual(placeholders("{a}-{b}-{a}"), ["a", "b"]);
});

Deno.test("fixedLength() counts the characters outside placeholders", () => {
  assert.equal(fixedLength("{a}-{b}-x"), 3);
});
