import type { Command } from "commander";
import type { Declaring } from "./declaring.ts";
import { compiling, reading } from "./options.ts";

/** Declares `schedule`. */
export function declareSchedule(root: Command, { ctx, done, globals, declare }: Declaring): void {
  reading(compiling(declare(root, "schedule", "Create or update the schedules of jobs on Azure ML")))
    .option("-w, --workspace <name>", "workspace of azureml.yml for all jobs; else each job's own")
    .option("--dry-run", "show the schedules, and send nothing")
    .option(
      "--allow-kedro-0",
      "send jobs of a project older than Kedro 1, whose steps the plugin does not run",
    )
    .option("--delete", "delete the schedules instead; one that is not there is no failure")
    .action(async (options) =>
      done((await import("../commands/schedule.ts")).schedule(ctx, { ...globals(), ...options }))
    );
}
