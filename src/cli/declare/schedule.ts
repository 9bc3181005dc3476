import type { Command } from "commander";
import type { Declaring } from "./declaring.ts";
import { checking, compiling, packaged, reading } from "./options.ts";

/** Declares `schedule`. */
export function declareSchedule(root: Command, { ctx, done, globals, declare }: Declaring): void {
  const schedule = declare(root, "schedule", "Create or update the schedules of jobs on Azure ML");
  checking(packaged(reading(compiling(schedule))))
    .option("-w, --workspace <name>", "workspace of azureml.yml for all jobs; else each job's own")
    .option("--dry-run", "show the schedules, and send nothing")
    .option(
      "--allow-kedro-0",
      "send jobs of a project older than Kedro 1, whose steps the plugin does not run",
    )
    .option("--delete", "delete the schedules instead; one that is not there is no failure")
    .action(async (options) =>
      done(
        options.package === undefined
          ? (await import("../commands/schedule.ts")).schedule(ctx, { ...globals(), ...options })
          : (await import("../commands/schedule_package.ts")).schedulePackage(ctx, {
            ...globals(),
            ...options,
          }),
      )
    );
}
