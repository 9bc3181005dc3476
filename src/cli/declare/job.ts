import type { Command } from "commander";
import type { Declaring } from "./declaring.ts";
import { seconds } from "../values.ts";

/** Declares the commands that look after jobs. */
export function declareJob(root: Command, { ctx, done, globals, declare }: Declaring): void {
  const job = declare(root, "job", "Look after jobs that were submitted");
  declare(
    job,
    "show [job]",
    "Show the state of one job; else of the last that was submitted from this project",
  )
    .option("-w, --workspace <name>", "workspace of azureml.yml")
    .action(async (name, options) =>
      done(await (await import("../commands/job_show.ts")).jobShow(ctx, { ...globals(), ...options, name }))
    );
  declare(job, "follow [job]", "Follow one job to its end")
    .option("-w, --workspace <name>", "workspace of azureml.yml")
    .option("--timeout <seconds>", "stop following after so many seconds; the job goes on", seconds)
    .action(async (name, options) =>
      done(
        await (await import("../commands/job_follow.ts")).jobFollow(ctx, { ...globals(), ...options, name }),
      )
    );
  declare(job, "cancel [job]", "Cancel one job")
    .option("-w, --workspace <name>", "workspace of azureml.yml")
    .action(async (name, options) =>
      done(
        await (await import("../commands/job_cancel.ts")).jobCancel(ctx, { ...globals(), ...options, name }),
      )
    );
}
