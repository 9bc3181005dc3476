import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { runtimeParams } from "../command/params.ts";
import { reading } from "../command/shared_options.ts";

/** Declares `config` and the commands below it. */
export function declareConfig(root: Command, { declare, run }: Declaring): void {
  const config = declare(root, "config", "Show the project's configuration");
  reading(declare(config, "show", "Print azureml.yml as merged for the Kedro environment", [
    ["config show", "Print the merged azureml.yml"],
    ["-e prod config show --origin", "Show the file and line of each value"],
  ]))
    .option("--params <params>", "runtime parameters, such as a.b=1,c=2 or JSON", runtimeParams)
    .option("--origin", "show the file and line of each value, and what it overrides")
    .action(run(async () => (await import("./show.ts")).configShow));
  declare(config, "schema", "Print the JSON Schema of azureml.yml for your editor", [
    ["config schema > azureml.schema.json", "Save the schema for your editor"],
  ])
    .action(run(async () => (await import("./schema.ts")).configSchema));
}
