import { deepStrictEqual, ok } from "node:assert/strict";
import { azuremlJsonSchema, azuremlKeys } from "../../src/config/schema.ts";

/** Returns every description in a schema. */
function descriptions(node: unknown): string[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === "description" && typeof value === "string" ? [value] : descriptions(value)
  );
}

Deno.test("azuremlJsonSchema() describes every key", () => {
  const found = new Set(descriptions(azuremlJsonSchema()));
  deepStrictEqual(azuremlKeys().filter(({ doc }) => !found.has(doc.replaceAll("`", ""))), []);
});

Deno.test("azuremlJsonSchema() has no required key", () => {
  const schema = azuremlJsonSchema();
  ok(!("required" in schema));
  deepStrictEqual(schema.patternProperties, { "^_": true });
  deepStrictEqual(schema.additionalProperties, false);
  deepStrictEqual([schema.title, schema.description], [
    "azureml.yml",
    "Where and how kedro-azureml runs a Kedro project on Azure ML",
  ]);
});
