import * as z from "zod";
import { azuremlSchema } from "./schema.ts";

/**
 * Returns the JSON Schema (draft 2020-12) of `azureml.yml`, generated from {@linkcode azuremlSchema}. It describes the
 * shape of a file; rules that span several keys, such as cron or recurrence, are left to `validate`.
 */
export function azuremlJsonSchema(): Readonly<Record<string, unknown>> {
  // A key that is missing in this file may be set in the base environment.
  const { required: _, ...rest } = z.toJSONSchema(azuremlSchema, {
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema }) => adapt(jsonSchema),
  });
  return {
    ...rest,
    // Kedro drops top-level keys that start with an underscore: they only hold values for interpolation.
    patternProperties: { "^_": true },
    title: "azureml.yml",
    description: "Where and how kedro-azureml runs a Kedro project on Azure ML",
  };
}

/** Removes the keywords that only our docs use, and lets every whole number also be text: `${…}`, or `"4"`. */
function adapt(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.description !== undefined) schema.description = schema.description.replaceAll("`", "");
  delete schema.otherwise;
  delete schema.entry;
  if (schema.type !== "integer") return;
  for (const key of ["type", "minimum", "maximum", "exclusiveMinimum"]) delete schema[key];
  schema.anyOf = [{ type: "integer" }, { type: "string" }];
}
