import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { checking, compiling, namedJobs, reading } from "../command/shared_options.ts";

/** Declares `validate`. */
export function declareValidate(root: Command, { app, done, globals, declare }: Declaring): void {
  checking(reading(compiling(declare(root, "validate", "Check jobs for problems before they are submitted"))))
    .option("--online", "also check the workspace, role, computes, environment and data assets on Azure")
    .option("--all", "every job (the default without a name)")
    .option("-w, --workspace <name>", "workspace of azureml.yml for all jobs (default: each job's own)")
    .action(async (jobs: readonly string[], options) => {
      const { validate } = await import("./validate.ts");
      await done(await validate(app(), { ...globals(), ...options, ...namedJobs(jobs, options) }));
    });
}
