import type { Command } from "commander";
import type { Declaring } from "./declaring.ts";
import { seconds } from "../values.ts";

/** Declares the commands that look after jobs. */
export function declareJob(root: Command, { ctx, done, globals, declare }: Declaring): void {
  const job = declare(root, "job", "Look after jobs; without a name, the last submitted from this project");
  named(declare(job, "show [names...]", "Show the state of jobs"))
    .action(async (names, options) =>
      done((await import("../commands/job_show.ts")).jobShow(ctx, { ...globals(), ...options, names }))
    );
  named(declare(job, "follow [names...]", "Follow jobs to their end"))
    .option("--logs", "print what running steps log")
    .option("--timeout <seconds>", "stop following after so many seconds; the job goes on", seconds)
    .option("--cancel-on-interrupt", "cancel the jobs at Ctrl+C and SIGTERM; else they go on")
    .action(async (names, options) =>
      done((await import("../commands/job_follow.ts")).jobFollow(ctx, { ...globals(), ...options, names }))
    );
  named(declare(job, "cancel [names...]", "Cancel jobs; one that has ended is no failure"))
    .action(async (names, options) =>
      done((await import("../commands/job_cancel.ts")).jobCancel(ctx, { ...globals(), ...options, names }))
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
