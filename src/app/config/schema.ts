import { azuremlJsonSchema } from "../../config/azureml/json_schema.ts";

/** The JSON Schema of azureml.yml. */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  return azuremlJsonSchema();
}
