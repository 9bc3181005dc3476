import type { Command } from "commander";
import { count, list, pathOfAsset, seconds } from "../command/argument_types.ts";
import type { Declaring } from "../command/declare.ts";
import { checking, compiling, namedJobs, reading } from "../command/shared_options.ts";

const DESCRIPTION = `Run jobs on this machine as Azure ML would, without an Azure account

It uploads the code to a local imitation of Azure ML, and runs each step's command in bash, in a clean copy of what was uploaded, with only the variables that the job sets. The steps are not sandboxed: they run with your permissions.`;

/** Declares `rehearse`. */
export function declareRehearse(root: Command, { app, done, globals, declare }: Declaring): void {
  const rehearse = declare(root, "rehearse", DESCRIPTION).summary(
    "Run jobs on this machine, as Azure ML would",
  );
  checking(reading(compiling(rehearse), { python: "Python that runs the steps" }))
    .option("--venv <dir>", "virtual environment that runs the steps")
    .option(
      "--requirements <file>",
      "make the steps' environment from this requirements.txt or conda.yml (default: environment/conda.yml, else the project's requirements)",
    )
    .option("--data <name=path>", "file or folder to use for a data asset; can be repeated", pathOfAsset)
    .option("--jobs <number>", "steps that run at the same time (default: 2)", count)
    .option("--keep <dir>", "keep the steps' working copies, outputs and logs in this folder")
    .option("--fail <steps>", "steps that fail, by step name, such as train,report", list)
    .option("-w, --workspace <name>", "workspace of azureml.yml for all jobs (default: each job's own)")
    .option("--timeout <seconds>", "stop after this time", seconds)
    .option("--logs", "print the logs of running steps")
    .action(async (jobs: readonly string[], { jobs: parallel, ...options }) => {
      const { rehearse } = await import("./rehearse.ts");
      const named = namedJobs(jobs, options);
      await done(
        rehearse(app(), {
          ...globals(),
          ...options,
          ...named,
          ...(parallel !== undefined && { jobs: parallel }),
        }),
      );
    });
}
