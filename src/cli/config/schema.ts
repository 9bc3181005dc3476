import { azuremlJsonSchema } from "../../app/config/schema.ts";
import type { Output } from "../command/output.ts";

/** Prints the JSON Schema of azureml.yml, which editors use for completion and validation. */
export function configSchema(): Output {
  const schema = azuremlJsonSchema();
  return { data: schema, text: `${JSON.stringify(schema, null, 2)}\n`, isRaw: true };
}
