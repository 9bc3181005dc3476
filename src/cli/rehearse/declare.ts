import type { Command } from "commander";
import { list, seconds } from "../command/argument_types.ts";
import type { Declaring } from "../command/declare.ts";
import { checking, compiling, namedJobs, reading, runningSteps } from "../command/shared_options.ts";

const DESCRIPTION = `Run jobs on this machine as Azure ML would, without an Azure account

It uploads the code to a local imitation of Azure ML, and runs each step's command in bash, in a clean copy of what was uploaded, with only the variables that the job sets. The steps are not sandboxed: they run with your permissions.`;

/** Declares `rehearse`. */
export function declareRehearse(root: Command, { app, done, globals, declare }: Declaring): void {
  const rehearse = declare(root, "rehearse", DESCRIPTION).summary(
    "Run jobs on this machine, as Azure ML would",
  );
  runningSteps(checking(reading(compiling(rehearse), { python: "Python that runs the steps" })))
    .option("--fail <steps>", "steps that fail, by step name, such as train,report", list)
    .option("-w, --workspace <name>", "workspace of azureml.yml for all jobs (default: each job's own)")
    .option("--timeout <seconds>", "stop after this time", seconds)
    .option("--logs", "print the logs of running steps")
    .action(async (jobs: readonly string[], options) => {
      const { rehearse } = await import("./rehearse.ts");
      await done(rehearse(app(), { ...globals(), ...options, ...namedJobs(jobs, options) }));
    });
}
