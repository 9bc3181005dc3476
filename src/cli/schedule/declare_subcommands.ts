import type { Command } from "commander";
import { ExitCode, UserError } from "../../core/errors.ts";
import { pathOf } from "../command/command_tree.ts";
import { count, seconds } from "../command/argument_types.ts";
import type { Declaring } from "../command/declare.ts";

/** Declares the commands below `schedule`, which look after schedules that are there. */
export function declareSchedules(schedule: Command, { app, done, globals, declare }: Declaring): void {
  const below = (name: string, description: string) =>
    declare(schedule, name, description)
      .option("-w, --workspace <name>", "workspace of azureml.yml; else `__default__`")
      .option("--subscription-id <id>", "subscription, instead of azureml.yml's")
      .option("--resource-group <name>", "resource group, likewise")
      .option(
        "--workspace-name <name>",
        "workspace in Azure, likewise; with all three there need be no project",
      );
  const given = <T extends object>(command: Command, options: T) => ({
    ...globals(),
    ...options,
    ...taken(command),
  });

  const list = below("list", "List the schedules of a workspace, and when each fires next");
  list.action(async (options) =>
    done(await (await import("./list.ts")).scheduleList(app(), given(list, options)))
  );
  const show = below("show <schedule>", "Show one schedule, and the next times it fires");
  show.action(async (name, options) =>
    done(
      await (await import("./show.ts")).scheduleShow(
        app(),
        given(show, { ...options, name }),
      ),
    )
  );
  for (
    const [word, description] of [["pause", "Pause one schedule"], [
      "resume",
      "Let one schedule go on",
    ]] as const
  ) {
    const command = below(`${word} <schedule>`, description);
    const isEnabled = word === "resume";
    command.action(async (name, options) => {
      const { scheduleEnable } = await import("./enable.ts");
      await done(await scheduleEnable(app(), given(command, { ...options, name, isEnabled })));
    });
  }
  const trigger = below("trigger <schedule>", "Make one schedule run its job now");
  trigger
    .option("--wait-for-completion", "follow the job to its end; fails unless it completes")
    .option("--timeout <seconds>", "stop following after so many seconds; the job goes on", seconds)
    .action(async (name, options) => {
      const { scheduleTrigger } = await import("./trigger.ts");
      await done(scheduleTrigger(app(), given(trigger, { ...options, name })));
    });
  const runs = below("runs <schedule>", "List the jobs that one schedule made, from the newest");
  runs
    .option("--limit <count>", "how many at most; 20 where absent", count)
    .action(async (name, options) => {
      const { scheduleRuns } = await import("./runs.ts");
      await done(await scheduleRuns(app(), given(runs, { ...options, name })));
    });
}

/**
 * What the parser gave to the command above, which takes its own options wherever they stand.
 *
 * @throws {UserError} `usage.unknown_option` for an option of the command above that this one does not have.
 */
function taken(command: Command): Readonly<Record<string, unknown>> {
  const above = command.parent!;
  const found = above.options.filter((option) =>
    above.getOptionValueSource(option.attributeName()) === "cli"
  );
  const stray = found.find(({ long }) => !command.options.some((own) => own.long === long));
  if (stray === undefined) {
    const values: Readonly<Record<string, unknown>> = above.opts();
    return Object.fromEntries(
      found.map((option) => [option.attributeName(), values[option.attributeName()]]),
    );
  }
  const path = pathOf(command);
  throw new UserError(`Cannot find the option "${stray.short ?? stray.long}" of \`${path}\``, {
    code: "usage.unknown_option",
    exit: ExitCode.Usage,
    hint: `Run \`kedro-azureml ${path} --help\``,
  });
}
