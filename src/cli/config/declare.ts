import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { jsonObject } from "../command/argument_types.ts";
import { reading } from "../command/shared_options.ts";

/** Declares `config` and the commands below it. */
export function declareConfig(root: Command, { app, done, globals, declare }: Declaring): void {
  const config = declare(root, "config", "Show the project's configuration");
  reading(declare(config, "show", "Print azureml.yml as merged for the Kedro environment"))
    .option("--params <json>", "runtime parameters as a JSON object", jsonObject)
    .option("--origin", "show the file and line of each value, and what it overrides")
    .action(async (options) =>
      done(await (await import("./show.ts")).configShow(app(), { ...globals(), ...options }))
    );
  declare(config, "schema", "Print the JSON Schema of azureml.yml for your editor")
    .action(async () => done((await import("./schema.ts")).configSchema()));
}
