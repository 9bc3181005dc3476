/** The JSON Schema of azureml.yml. */
export { azuremlJsonSchema } from "../../config/azureml/json_schema.ts";
