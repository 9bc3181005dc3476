import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { callbackName, displayNameOfJob, nameOfJob, seconds } from "../command/argument_types.ts";
import { checking, compiling, packaged, reading } from "../command/shared_options.ts";

/** Declares `submit`. */
export function declareSubmit(root: Command, { app, done, globals, declare }: Declaring): void {
  const submit = declare(root, "submit", "Compile jobs, upload the code, and run them on Azure ML").alias(
    "run",
  );
  checking(packaged(reading(compiling(submit))))
    .option("-w, --workspace <name>", "workspace of azureml.yml for all jobs; else each job's own")
    .option("--dry-run", "show all that would be sent, and send nothing")
    .option(
      "--allow-kedro-0",
      "send jobs of a project older than Kedro 1, whose steps the plugin does not run",
    )
    .option("--wait-for-completion", "follow the jobs to their end; fails unless all complete")
    .option("--display-name <job=name>", "name to show for a job; may be repeated", displayNameOfJob)
    .option(
      "--name <name>",
      "the job's name in Azure ML: the same job is sent once only, another of that name is refused",
      nameOfJob,
    )
    .option("--concurrent", "submit several jobs at once, and all of them whatever happens to one")
    .option(
      "--on-job-scheduled <module:function>",
      "function of the project to call with each job that Azure has taken; runs in the project's Python on this machine",
      callbackName,
    )
    .option(
      "--output-file <file>",
      "write the jobs' names, workspaces and links as JSON, before they are sent and whenever something becomes of them",
    )
    .option(
      "--cancel-previous",
      "cancel unfinished jobs that earlier runs submitted for the same branch, job and environment",
    )
    .option("--logs", "with --wait-for-completion, print what running steps log")
    .option("--cancel-on-interrupt", "cancel the jobs at Ctrl+C and SIGTERM; else they go on")
    .option("--timeout <seconds>", "stop following after so many seconds; the job goes on", seconds)
    .action(async (options) =>
      done(
        options.package === undefined
          ? (await import("./submit.ts")).submit(app(), { ...globals(), ...options })
          : (await import("./submit_package.ts")).submitPackage(app(), { ...globals(), ...options }),
      )
    );
}
