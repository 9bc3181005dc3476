import assert from "node:assert/strict";
import { z } from "zod";
import { AZUREML_KEYS } from "../../../src/config/azureml/key_docs.ts";
import { azuremlSchema } from "../../../src/config/azureml/schema.ts";

/** Returns every key of a schema as the reference writes it, without the names in `<>`. */
function keysOf(schema: z.core.$ZodType, prefix = ""): string[] {
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return keysOf(schema.def.innerType as z.core.$ZodType, prefix);
  }
  if (schema instanceof z.ZodUnion) {
    return keysOf(schema.options.find((option) => option instanceof z.ZodObject) ?? z.unknown(), prefix);
  }
  if (schema instanceof z.ZodRecord) return keysOf(schema.valueType, `${prefix}<>.`);
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape).flatMap(([key, value]) => [
    `${prefix}${key}`,
    ...keysOf(value as z.core.$ZodType, `${prefix}${key}.`),
  ]);
}

Deno.test("AZUREML_KEYS has the same keys as the schema", () => {
  const documented = AZUREML_KEYS.map(({ key }) => key.replaceAll(/<[^>]+>/g, "<>"));
  assert.deepEqual(documented.toSorted(), keysOf(azuremlSchema).toSorted());
});

Deno.test("AZUREML_KEYS marks required keys", () => {
  const needed = AZUREML_KEYS.filter((one) => one.default === undefined && !one.key.includes("."));
  const missing = azuremlSchema.safeParse({}).error!.issues.map(({ path }) => path.join("."));
  assert.deepEqual(needed.map(({ key }) => key), missing);
});
