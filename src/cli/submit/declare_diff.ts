import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { nameOfJob } from "../command/argument_types.ts";
import { checking, compiling, reading } from "../command/shared_options.ts";

/** Declares `diff`. */
export function declareDiff(root: Command, { app, done, globals, declare }: Declaring): void {
  checking(reading(compiling(declare(root, "diff", "Show what of a job changed since its last run"))))
    .option("-w, --workspace <name>", "workspace of azureml.yml for all jobs; else each job's own")
    .option(
      "--against <run>",
      "name in Azure ML of the run; else the last from here, else the newest alike",
      nameOfJob,
    )
    .option("--patch", "show how the texts of the code changed, too")
    .option("--exit-code", "return 9 where there are changes")
    .action(async (options) => done((await import("./diff.ts")).diff(app(), { ...globals(), ...options })));
}
