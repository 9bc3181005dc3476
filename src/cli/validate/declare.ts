import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { checking, compiling, namedJobs, reading } from "../command/shared_options.ts";

/** Declares `validate`. */
export function declareValidate(root: Command, { app, done, globals, declare }: Declaring): void {
  const command = declare(root, "validate", "Check jobs for problems before you submit them");
  checking(reading(compiling(command, "jobs in azureml.yml (default: all)")))
    .option("--online", "also check the workspace, your role, computes, environment and data assets in Azure")
    .option("--all", "all jobs (the default)")
    .option(
      "-w, --workspace <name>",
      "workspace for all jobs, by its key in azureml.yml (default: each job's own)",
    )
    .action(async (jobs: readonly string[], options) => {
      const { validate } = await import("./validate.ts");
      await done(await validate(app(), { ...globals(), ...options, ...namedJobs(jobs, options) }));
    });
}
