import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { reading } from "../command/shared_options.ts";

/** Declares `list-patterns` and `resolve-patterns`, which the plugin has under the same names. */
export function declarePatterns(root: Command, { app, done, globals, declare }: Declaring): void {
  reading(declare(root, "list-patterns", "List the job factories in azureml.yml"))
    .action(async (options) =>
      done(await (await import("./patterns.ts")).listPatterns(app(), { ...globals(), ...options }))
    );
  reading(declare(root, "resolve-patterns", "List all jobs, including those from job factories"))
    .action(async (options) =>
      done(
        await (await import("./patterns.ts")).resolvePatterns(app(), { ...globals(), ...options }),
      )
    );
}
