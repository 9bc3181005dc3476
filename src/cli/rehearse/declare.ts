import type { Command } from "commander";
import { list, seconds } from "../command/argument_types.ts";
import type { Declaring } from "../command/declare.ts";
import { checking, compiling, namedJobs, reading, runningSteps } from "../command/shared_options.ts";

const DESCRIPTION = `Run jobs on this machine as Azure ML would, without an Azure account

The code is uploaded to a local emulator of Azure ML. The command of each step runs in bash, in a clean copy of the uploaded code, with only the variables that the job sets. Steps are not sandboxed: they run with your permissions.`;

/** Declares `rehearse`. */
export function declareRehearse(root: Command, { app, done, globals, declare }: Declaring): void {
  const rehearse = declare(root, "rehearse", DESCRIPTION).summary(
    "Run jobs on this machine as Azure ML would",
  );
  runningSteps(checking(reading(compiling(rehearse), { python: "Python interpreter that runs the steps" })))
    .option("--fail <steps>", "comma-separated names of steps that fail, such as train,report", list)
    .option(
      "-w, --workspace <name>",
      "workspace for all jobs, by its key in azureml.yml (default: each job's own)",
    )
    .option("--timeout <seconds>", "stop after this time", seconds)
    .option("--logs", "also print the logs of running steps")
    .action(async (jobs: readonly string[], options) => {
      const { rehearse } = await import("./rehearse.ts");
      await done(rehearse(app(), { ...globals(), ...options, ...namedJobs(jobs, options) }));
    });
}
