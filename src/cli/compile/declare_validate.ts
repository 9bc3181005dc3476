import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { checking, compiling, reading } from "../command/shared_options.ts";

/** Declares `validate`. */
export function declareValidate(root: Command, { app, done, globals, declare }: Declaring): void {
  checking(reading(compiling(declare(root, "validate", "Check jobs for all that would fail in the cloud"))))
    .option("--online", "ask Azure too: workspace, role, computes, environment, data assets")
    .option("--all", "every job, which is so where no `-j` is given")
    .option("-w, --workspace <name>", "workspace of azureml.yml for all jobs; else each job's own")
    .action(async (options) =>
      done(await (await import("./validate.ts")).validate(app(), { ...globals(), ...options }))
    );
}
