import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { jsonObject } from "../command/argument_types.ts";
import { reading } from "../command/shared_options.ts";

/** Declares the commands that show configuration. */
export function declareConfig(root: Command, { app, done, globals, declare }: Declaring): void {
  reading(declare(root, "list-patterns", "List the job factories of azureml.yml"))
    .action(async (options) =>
      done(await (await import("./patterns.ts")).listPatterns(app(), { ...globals(), ...options }))
    );

  reading(declare(root, "resolve-patterns", "List all jobs, those that job factories make too"))
    .action(async (options) =>
      done(await (await import("./patterns.ts")).resolvePatterns(app(), { ...globals(), ...options }))
    );

  const config = declare(root, "config", "The project's configuration");
  reading(declare(config, "show", "Show azureml.yml as the layers of the environment make it"))
    .option("--params <json>", "runtime parameters as a JSON object", jsonObject)
    .option("--origin", "show where each value came from, and what it overrode")
    .action(async (options) =>
      done(await (await import("./show.ts")).configShow(app(), { ...globals(), ...options }))
    );
}
