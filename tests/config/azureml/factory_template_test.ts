import assert from "node:assert/strict";
import {
  fixedLength,
  matchTemplate,
  placeholders,
  renderText,
  renderValue,
} from "../../../src/config/azureml/factory_template.ts";

Deno.test("a template matches a namespace segment by segment", () => {
  assert.deepEqual(matchTemplate("{region}.{vehicle}", "emea.bike"), { region: "emea", vehicle: "bike" });
  assert.deepEqual(matchTemplate("fleet.{vehicle}", "fleet.bike"), { vehicle: "bike" });
  assert.equal(matchTemplate("fleet.{vehicle}", "other.bike"), undefined);
});

Deno.test("text with an unknown placeholder or an unmatched brace is not changed", () => {
  const values = { region: "emea" };
  assert.equal(renderText("{{{region}}}-{region}", values), "{emea}-emea");
  assert.equal(renderText("{region}-{vehicle}", values), "{region}-{vehicle}");
  assert.equal(renderText("{region}-}", values), "{region}-}");
});

Deno.test("text is filled in at every depth, and keys and numbers stay", () => {
  const rendered = renderValue({ "{region}": ["{region}", 1, null] }, { region: "emea" });
  assert.deepEqual(rendered, { "{region}": ["emea", 1, null] });
});

Deno.test("a template's placeholders are listed once, and its length is that of its fixed text", () => {
  assert.deepEqual(placeholders("{a}-{b}-{a}"), ["a", "b"]);
  assert.equal(fixedLength("{a}-{b}-x"), 3);
});
