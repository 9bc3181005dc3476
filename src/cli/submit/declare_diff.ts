import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { nameOfJob } from "../command/argument_types.ts";
import { checking, compiling, namedJobs, reading } from "../command/shared_options.ts";

/** Declares `diff`. */
export function declareDiff(root: Command, { app, done, globals, declare }: Declaring): void {
  checking(reading(compiling(declare(root, "diff", "Show what changed in a job since its last run"))))
    .option("-w, --workspace <name>", "workspace of azureml.yml for all jobs (default: each job's own)")
    .option("--against <run>", "run to compare with, by its name in Azure ML (default: the last)", nameOfJob)
    .option("--patch", "show the changed lines of text files")
    .option("--exit-code", "exit with 9 if there are changes")
    .action(async (jobs: readonly string[], options) => {
      const { diff } = await import("./diff.ts");
      await done(diff(app(), { ...globals(), ...options, ...namedJobs(jobs, options) }));
    });
}
