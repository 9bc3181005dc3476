import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { nameOfJob } from "../command/argument_types.ts";
import { checking, compiling, reading } from "../command/shared_options.ts";

/** Declares `diff`. */
export function declareDiff(root: Command, { declare, run }: Declaring): void {
  checking(reading(compiling(declare(root, "diff", "Show what changed in a job since its last run", [
    ["diff main", "Show what changed since the last run"],
    ["diff main --against brave_fox_1234567890 --patch", "Compare with an earlier run, line by line"],
    ["diff main --exit-code", "Exit with code 9 if there are changes, for scripts"],
  ]))))
    .option(
      "-w, --workspace <name>",
      "key of the workspace in azureml.yml to use for all jobs (default: each job's own)",
    )
    .option(
      "--against <run>",
      "run to compare with, by its name in Azure ML (default: the last run)",
      nameOfJob,
    )
    .option("--patch", "show changed lines of text files")
    .option("--exit-code", "exit with code 9 if there are changes")
    .action(run(async () => (await import("./diff.ts")).diff));
}
