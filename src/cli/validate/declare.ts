import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { checking, compiling, reading } from "../command/shared_options.ts";

/** Declares `validate`. */
export function declareValidate(root: Command, { declare, run }: Declaring): void {
  const command = declare(root, "validate", "Check jobs for problems before you submit them", [
    ["validate", "Check all jobs, offline"],
    ["validate main --online --strict", "Check a job against the workspace, and fail on warnings"],
    ["validate main --group-by chain", "See how many container starts grouping saves"],
  ]);
  checking(reading(compiling(command, { jobs: "jobs in azureml.yml (default: all)" })))
    .option("--online", "also check the workspace, your role, computes, environment and data assets in Azure")
    .option("--all", "all jobs (the default)")
    .option(
      "-w, --workspace <name>",
      "key of the workspace in azureml.yml to use for all jobs (default: each job's own)",
    )
    .action(run(async () => (await import("./validate.ts")).validate));
}
