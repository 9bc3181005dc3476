import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { checking, compiling, reading } from "../command/shared_options.ts";
import { displayNameOfJob } from "../command/argument_types.ts";

/** Declares `pack`. */
export function declarePack(root: Command, { app, done, globals, declare }: Declaring): void {
  checking(reading(
    compiling(
      declare(root, "pack", "Pack jobs and their code into one file, to submit where there is no project"),
    ),
  ))
    .requiredOption("-o, --output <file>", "file to write, such as main.kap")
    .option("--all", "every job of azureml.yml, those of job factories too")
    .option("-w, --workspace <name>", "workspace of azureml.yml for all jobs; else each job's own")
    .option("--display-name <job=name>", "name to show for a job; may be repeated", displayNameOfJob)
    .option("--allow-kedro-0", "pack jobs of a project of Kedro 0 too, whose steps need another compute side")
    .action(async (options) => done((await import("./pack.ts")).pack(app(), { ...globals(), ...options })));
}
