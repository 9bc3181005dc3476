import type { Command } from "commander";
import { count } from "../parse/values.ts";
import type { Declaring } from "../parse/command.ts";
import type { Example } from "../parse/help_layout.ts";
import {
  checking,
  compiling,
  following,
  inWorkspace,
  packaged,
  reading,
  WORKSPACE_OF_ALL,
} from "../parse/old_options.ts";

/** Declares the commands of the group "Schedules": `schedule` and the commands below it. */
export function declareSchedulesGroup(root: Command, declaring: Declaring): void {
  const { declare, run } = declaring;
  const schedule = declare(root, "schedule", "Create, update and manage job schedules", [
    ["schedule main", "Create or update the schedules of a job"],
    ["schedule main --dry-run", "Show them without creating them"],
    ["schedule main --delete", "Delete the schedules of a job"],
    ["schedule list", "List schedules and when they run next"],
  ]);
  checking(packaged(reading(compiling(schedule, { isSelecting: false }))))
    .option("-w, --workspace <name>", WORKSPACE_OF_ALL)
    .option("--dry-run", "show what would change, without changing it")
    .option("--allow-kedro-0", "schedule even if the project uses Kedro 0, whose nodes the plugin cannot run")
    .option("--delete", "delete the jobs' schedules instead")
    .action(run(async () => (await import("../commands/schedule.ts")).schedule));
  declareSubcommands(schedule, declaring);
}

/** Declares the commands below `schedule`, which manage existing schedules. */
function declareSubcommands(schedule: Command, { declare, run }: Declaring): void {
  const below = (name: string, description: string, example: Example) => {
    const command = declare(schedule, name, description, [example]);
    const [argument] = command.registeredArguments;
    if (argument !== undefined) argument.description = "name in Azure ML, as shown by `schedule list`";
    return inWorkspace(command);
  };
  below("list", "List the schedules in a workspace", [
    "schedule list",
    "List schedules and when they run next",
  ])
    .action(run(async () => (await import("../commands/schedule.ts")).scheduleList));
  below("show <schedule>", "Show a schedule and its next run times", [
    "schedule show main",
    "Show the next five runs",
  ])
    .action(run(async () => (await import("../commands/schedule.ts")).scheduleShow));
  below("pause <schedule>", "Pause a schedule", ["schedule pause main", "Pause a schedule"])
    .action(run(async () => (await import("../commands/schedule.ts")).schedulePause));
  below("resume <schedule>", "Resume a schedule", ["schedule resume main", "Resume a schedule"])
    .action(run(async () => (await import("../commands/schedule.ts")).scheduleResume));
  below(
    "delete <schedules...>",
    "Delete schedules by name, including those no longer in azureml.yml",
    ["schedule delete main", "Delete a schedule that is no longer in azureml.yml"],
  )
    .option("--dry-run", "show what would be deleted, without deleting it")
    .action(run(async () => (await import("../commands/schedule.ts")).scheduleDelete));
  const trigger = below("trigger <schedule>", "Run a schedule's job now", [
    "schedule trigger main --wait",
    "Run the scheduled job now and wait until it ends",
  ]);
  following(trigger).action(run(async () => (await import("../commands/schedule.ts")).scheduleTrigger));
  below("runs <schedule>", "List the jobs that a schedule started, newest first", [
    "schedule runs main --limit 5",
    "List the last five jobs of a schedule",
  ])
    .option("-L, --limit <count>", "maximum number of jobs (default: 20)", count)
    .action(run(async () => (await import("../commands/schedule.ts")).scheduleRuns));
}
