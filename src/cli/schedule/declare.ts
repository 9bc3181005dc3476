import type { Command } from "commander";
import { ExitCode, UserError } from "../../core/errors.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import { pathOf } from "../command/command_tree.ts";
import type { Declaring } from "../command/declare.ts";
import { declareSchedules } from "./declare_subcommands.ts";
import { checking, compiling, packaged, reading } from "../command/shared_options.ts";

/** Declares `schedule`. */
export function declareSchedule(root: Command, declaring: Declaring): void {
  const { app, done, globals, declare } = declaring;
  const schedule = declare(root, "schedule", "Create or update the schedules of jobs on Azure ML")
    // Takes any word, so that one that is no command is told what it may have been.
    .argument("[word]").usage("[options] [command]");
  checking(packaged(reading(compiling(schedule))))
    .option("-w, --workspace <name>", "workspace of azureml.yml for all jobs; else each job's own")
    .option("--dry-run", "show the schedules, and send nothing")
    .option(
      "--allow-kedro-0",
      "send jobs of a project older than Kedro 1, whose steps the plugin does not run",
    )
    .option("--delete", "delete the schedules instead; one that is not there is no failure")
    .action(async (word: string | undefined, options) => {
      if (word !== undefined) throw unknownCommand(schedule, word);
      await done(
        options.package === undefined
          ? (await import("./put.ts")).schedule(app(), { ...globals(), ...options })
          : (await import("./put_package.ts")).schedulePackage(app(), {
            ...globals(),
            ...options,
          }),
      );
    });
  declareSchedules(schedule, declaring);
}

function unknownCommand(parent: Command, word: string): UserError {
  const names = parent.commands.map((command) => command.name());
  return new UserError(
    `Cannot find the command "${word}" below \`${pathOf(parent)}\`${didYouMean(word, names)}`,
    {
      code: "usage.unknown_command",
      exit: ExitCode.Usage,
      details: [`commands: ${names.join(", ")}`],
      hint: `Run \`kedro-azureml ${pathOf(parent)} --help\`; a job is named with \`-j\``,
    },
  );
}
