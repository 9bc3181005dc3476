import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { checking, compiling, overwriting, reading } from "../command/shared_options.ts";
import { displayNameOfJob } from "../command/argument_types.ts";

/** Declares `pack`. */
export function declarePack(root: Command, { declare, run }: Declaring): void {
  overwriting(checking(reading(compiling(
    declare(root, "pack", "Pack jobs and their code into one file, to submit without the project", [
      ["pack main -o main.kap", "Pack a job for a machine without the project"],
      ["pack --all -e prod -o all.kap", "Pack all jobs for another Kedro environment"],
    ]),
  ))))
    .requiredOption("-o, --output <file>", "file to write, such as main.kap")
    .option("--all", "all jobs in azureml.yml, including those from job factories")
    .option(
      "-w, --workspace <name>",
      "key of the workspace in azureml.yml to use for all jobs (default: each job's own)",
    )
    .option("--display-name <job=name>", "display name of a job; can be repeated", displayNameOfJob)
    .option("--allow-kedro-0", "pack even if the project uses Kedro 0, whose nodes the plugin cannot run")
    .action(run(async () => (await import("./pack.ts")).pack));
}
