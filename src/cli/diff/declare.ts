import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { nameOfJob } from "../command/argument_types.ts";
import { checking, compiling, namedJobs, reading } from "../command/shared_options.ts";

/** Declares `diff`. */
export function declareDiff(root: Command, { app, done, globals, declare }: Declaring): void {
  checking(reading(compiling(declare(root, "diff", "Show what changed in a job since its last run"))))
    .option(
      "-w, --workspace <name>",
      "workspace for all jobs, by its key in azureml.yml (default: each job's own)",
    )
    .option(
      "--against <run>",
      "run to compare with, by its name in Azure ML (default: the last run)",
      nameOfJob,
    )
    .option("--patch", "show changed lines of text files")
    .option("--exit-code", "exit with code 9 if there are changes")
    .action(async (jobs: readonly string[], options) => {
      const { diff } = await import("./diff.ts");
      await done(diff(app(), { ...globals(), ...options, ...namedJobs(jobs, options) }));
    });
}
