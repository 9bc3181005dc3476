import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { checking, compiling, namedJobs, reading } from "../command/shared_options.ts";
import { displayNameOfJob } from "../command/argument_types.ts";

/** Declares `pack`. */
export function declarePack(root: Command, { app, done, globals, declare }: Declaring): void {
  checking(reading(compiling(
    declare(root, "pack", "Pack jobs and their code into one file, to submit it without the project"),
  )))
    .requiredOption("-o, --output <file>", "file to write, such as main.kap")
    .option("--all", "every job of azureml.yml, including those of job factories")
    .option("-w, --workspace <name>", "workspace of azureml.yml for all jobs (default: each job's own)")
    .option("--display-name <job=name>", "display name of a job; may be repeated", displayNameOfJob)
    .option("--allow-kedro-0", "pack jobs of a Kedro 0 project, whose steps the plugin cannot run")
    .action(async (jobs: readonly string[], options) => {
      const { pack } = await import("./pack.ts");
      await done(pack(app(), { ...globals(), ...options, ...namedJobs(jobs, options) }));
    });
}
