import type { Command } from "commander";
import { list, seconds } from "../command/argument_types.ts";
import type { Declaring } from "../command/declare.ts";
import { checking, compiling, overwriting, reading, runningSteps } from "../command/shared_options.ts";

const DESCRIPTION = `Run jobs on this machine as Azure ML would, without an Azure account

The code is uploaded to a local emulator of Azure ML. The command of each step runs in bash, in a clean copy of the uploaded code, with only the variables that the job sets. Steps are not sandboxed: they run with your permissions.`;

/** Declares `rehearse`. */
export function declareRehearse(root: Command, { declare, run }: Declaring): void {
  const rehearse = declare(root, "rehearse", DESCRIPTION, [
    ["rehearse main", "Run the steps of a job on this machine"],
    [
      "rehearse main --venv .venv --data rides=data/rides.csv",
      "Use your virtual environment, and a local file for a data asset",
    ],
    ["rehearse main --keep rehearsed", "Keep the working copies, outputs and logs"],
  ]).summary(
    "Run jobs on this machine as Azure ML would",
  );
  const running = runningSteps(
    checking(reading(compiling(rehearse), { python: "Python interpreter that runs the steps" })),
  );
  overwriting(running, "--report")
    .option("--fail <steps>", "comma-separated names of steps that fail, such as train,report", list)
    .option(
      "-w, --workspace <name>",
      "key of the workspace in azureml.yml to use for all jobs (default: each job's own)",
    )
    .option("--timeout <time>", "stop after this time, such as 90s or 2h", seconds)
    .option("--logs", "also print the logs of running steps")
    .option(
      "--report <file>",
      "HTML file to write a report of the job to; with several jobs, one file per job",
    )
    .option(
      "--previews",
      "with --report, include the beginning of text files and small images that steps wrote",
    )
    .action(run(async () => (await import("./rehearse.ts")).rehearse));
}
