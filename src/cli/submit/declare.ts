import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { callbackName, displayNameOfJob, nameOfJob } from "../command/argument_types.ts";
import { checking, compiling, following, overwriting, packaged, reading } from "../command/shared_options.ts";

/** Declares `submit`. */
export function declareSubmit(root: Command, { declare, run }: Declaring): void {
  const submit = declare(root, "submit", "Compile jobs, upload their code, and run them on Azure ML", [
    ["submit main", "Upload the code and start the job"],
    ["submit main --dry-run", "Show what would be submitted"],
    ["submit main --wait --timeout 7200", "Wait for at most two hours"],
    ["submit prepare train", "Submit two jobs, one after the other"],
    ["submit -p training --from-nodes split", "Run nodes of a pipeline without a job, as `kedro run` does"],
    [
      "submit main --aml-env my-env:7 --env-var LOG_LEVEL=DEBUG",
      "Override the Azure ML environment, and set a variable in every step",
    ],
    ["submit main --name nightly-2026-01-31", "Submit the job only once, even if you run this again"],
    [
      `submit --package main.kap --sha256 ${"9f86d081".repeat(8)}`,
      "Submit a package on a machine without the project",
    ],
  ]).alias(
    "run",
  );
  overwriting(following(checking(packaged(reading(compiling(submit))))), "--output-file")
    .option(
      "-w, --workspace <name>",
      "key of the workspace in azureml.yml to use for all jobs (default: each job's own)",
    )
    .option("--dry-run", "show what would be submitted, without submitting it")
    .option("--allow-kedro-0", "submit even if the project uses Kedro 0, whose nodes the plugin cannot run")
    .option("--display-name <job=name>", "display name of a job; can be repeated", displayNameOfJob)
    .option(
      "--name <name>",
      "name of the job in Azure ML; if this job already exists, it is not submitted again",
      nameOfJob,
    )
    .option("--concurrent", "submit jobs in parallel, and continue if one fails")
    .option(
      "--on-job-scheduled <module:function>",
      "project function to call with each submitted job; runs in the project's Python",
      callbackName,
    )
    .option(
      "--output-file <file>",
      "write the submitted jobs to this JSON file, and update it as they progress",
    )
    .option(
      "--cancel-previous",
      "first cancel unfinished runs of the same job, branch and Kedro environment",
    )
    .option("--logs", "with --wait, also print the logs of running steps")
    .option("--cancel-on-interrupt", "cancel the jobs on Ctrl+C or SIGTERM (default: they keep running)")
    .action(run(async () => (await import("./submit.ts")).submit));
}
