import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { count, list, seconds } from "../command/argument_types.ts";

/** Declares the commands that look after jobs. */
export function declareJob(root: Command, { app, done, globals, declare }: Declaring): void {
  const job = declare(root, "job", "Look after jobs; without a name, the last submitted from this project");
  declare(job, "list", "List the newest jobs of a workspace")
    .option("-w, --workspace <name>", "workspace of azureml.yml")
    .option("-n, --number <number>", "how many to show; 20 where absent", count)
    .option("--status <names>", "only jobs with one of these statuses, such as Running,Failed", list)
    .option("--experiment <name>", "only jobs of this experiment")
    .option("--mine", "only jobs that you submitted")
    .action(async (options) =>
      done(await (await import("./list.ts")).jobList(app(), { ...globals(), ...options }))
    );
  named(declare(job, "show [names...]", "Show the state of jobs and of their steps"))
    .action(async (names, options) =>
      done((await import("./show.ts")).jobShow(app(), { ...globals(), ...options, names }))
    );
  named(declare(job, "follow [names...]", "Follow jobs to their end"))
    .option("--logs", "print what running steps log")
    .option("--timeout <seconds>", "stop following after so many seconds; the job goes on", seconds)
    .option("--cancel-on-interrupt", "cancel the jobs at Ctrl+C and SIGTERM; else they go on")
    .action(async (names, options) =>
      done((await import("./follow.ts")).jobFollow(app(), { ...globals(), ...options, names }))
    );
  named(declare(job, "logs [names...]", "Print what the steps of jobs have logged"))
    .option("--step <step>", "only this step, by its node or its key")
    .option("--failed", "only steps that failed")
    .option("-f, --follow", "go on as more is logged, until the job ends")
    .action(async (names, options) =>
      done((await import("./logs.ts")).jobLogs(app(), { ...globals(), ...options, names }))
    );
  named(
    declare(
      job,
      "open [names...]",
      "Show jobs in Azure ML Studio; prints the link where there is no browser",
    ),
  )
    .action(async (names, options) =>
      done((await import("./open.ts")).jobOpen(app(), { ...globals(), ...options, names }))
    );
  named(
    declare(job, "download [names...]", "Download the logs and the files that the steps of jobs have left"),
  )
    .option("-o, --output <dir>", "folder for a folder of each job; else the current one")
    .option("--logs", "only logs")
    .option("--outputs", "named outputs of steps, such as datasets, and files below outputs/")
    .option("--dataset <name>", "only the output that holds this dataset of the catalog")
    .option("--step <step>", "only of this step, by its node or its key")
    .action(async (names, options) =>
      done(
        (await import("./download.ts")).jobDownload(app(), { ...globals(), ...options, names }),
      )
    );
  named(declare(job, "cancel [names...]", "Cancel jobs; one that has ended is no failure"))
    .action(async (names, options) =>
      done((await import("./cancel.ts")).jobCancel(app(), { ...globals(), ...options, names }))
    );
}

/** Options by which jobs are meant. */
function named(command: Command): Command {
  return command
    .option(
      "-w, --workspace <name>",
      "workspace of azureml.yml; else the one a job was submitted to from here",
    )
    .option("--from <file>", "the jobs of a file that `submit --output-file` wrote");
}
