import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { callbackName, displayNameOfJob, nameOfJob } from "../command/argument_types.ts";
import { checking, compiling, following, namedJobs, packaged, reading } from "../command/shared_options.ts";

/** Declares `submit`. */
export function declareSubmit(root: Command, { app, done, globals, declare }: Declaring): void {
  const submit = declare(root, "submit", "Compile jobs, upload the code, and run them on Azure ML").alias(
    "run",
  );
  following(checking(packaged(reading(compiling(submit)))))
    .option("-w, --workspace <name>", "workspace of azureml.yml for all jobs (default: each job's own)")
    .option("--dry-run", "show what would be sent, and send nothing")
    .option("--allow-kedro-0", "submit jobs of a Kedro 0 project, whose steps the plugin cannot run")
    .option("--display-name <job=name>", "display name of a job; may be repeated", displayNameOfJob)
    .option(
      "--name <name>",
      "name of the job in Azure ML; submitting the same job again is a no-op",
      nameOfJob,
    )
    .option("--concurrent", "submit several jobs at once, and continue after failures")
    .option(
      "--on-job-scheduled <module:function>",
      "function of the project to call with each submitted job; runs in the project's Python",
      callbackName,
    )
    .option("--output-file <file>", "write the submitted jobs as JSON; updated as jobs progress")
    .option(
      "--cancel-previous",
      "cancel unfinished jobs of earlier runs for the same branch, job and environment",
    )
    .option("--logs", "with --wait, print the logs of running steps")
    .option("--cancel-on-interrupt", "cancel the jobs on Ctrl+C or SIGTERM; otherwise they keep running")
    .action(async (jobs: readonly string[], options) => {
      const { submit } = await import("./submit.ts");
      await done(submit(app(), { ...globals(), ...options, ...namedJobs(jobs, options) }));
    });
}
