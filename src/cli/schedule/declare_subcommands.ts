import type { Command } from "commander";
import { ExitCode, UserError } from "../../core/errors.ts";
import { pathOf } from "../command/command_tree.ts";
import { count } from "../command/argument_types.ts";
import type { Declaring } from "../command/declare.ts";
import { following } from "../command/shared_options.ts";

/** Declares the commands below `schedule`, which manage existing schedules. */
export function declareSubcommands(schedule: Command, { app, done, globals, declare }: Declaring): void {
  const below = (name: string, description: string) => {
    const command = declare(schedule, name, description);
    const [argument] = command.registeredArguments;
    if (argument !== undefined) argument.description = "name in Azure ML, as shown by `schedule list`";
    return command
      .option("-w, --workspace <name>", "workspace, by its key in azureml.yml (default: `__default__`)")
      .option("--subscription-id <id>", "subscription ID; overrides azureml.yml")
      .option("--resource-group <name>", "resource group; overrides azureml.yml")
      .option(
        "--workspace-name <name>",
        "Azure ML workspace; overrides azureml.yml (with all three, no project is needed)",
      );
  };
  const given = <T extends object>(command: Command, options: T) => ({
    ...globals(),
    ...options,
    ...optionsGivenToParent(command),
  });

  const list = below("list", "List the schedules in a workspace");
  list.action(async (options) =>
    done(await (await import("./list.ts")).scheduleList(app(), given(list, options)))
  );
  const show = below("show <schedule>", "Show a schedule and its next run times");
  show.action(async (name, options) =>
    done(
      await (await import("./show.ts")).scheduleShow(
        app(),
        given(show, { ...options, name }),
      ),
    )
  );
  for (
    const [word, description] of [["pause", "Pause a schedule"], [
      "resume",
      "Resume a schedule",
    ]] as const
  ) {
    const command = below(`${word} <schedule>`, description);
    const isEnabled = word === "resume";
    command.action(async (name, options) => {
      const { scheduleEnable } = await import("./enable.ts");
      await done(await scheduleEnable(app(), given(command, { ...options, name, isEnabled })));
    });
  }
  const remove = below(
    "delete <schedules...>",
    "Delete schedules by name, including those no longer in azureml.yml",
  );
  remove
    .option("--dry-run", "show what would be deleted, without deleting it")
    .action(async (names, options) => {
      const { scheduleDelete } = await import("./delete.ts");
      await done(scheduleDelete(app(), given(remove, { ...options, names })));
    });
  const trigger = below("trigger <schedule>", "Run a schedule's job now");
  following(trigger)
    .action(async (name, options) => {
      const { scheduleTriggerNow } = await import("./trigger.ts");
      await done(scheduleTriggerNow(app(), given(trigger, { ...options, name })));
    });
  const runs = below("runs <schedule>", "List the jobs that a schedule started, newest first");
  runs
    .option("-L, --limit <count>", "maximum number of jobs (default: 20)", count)
    .action(async (name, options) => {
      const { scheduleRunList } = await import("./runs.ts");
      await done(await scheduleRunList(app(), given(runs, { ...options, name })));
    });
}

/**
 * The options of this command that the parser assigned to `schedule`, which has options of the same names.
 *
 * @throws {UserError} `usage.unknown_option` for an option of `schedule` that this command does not have.
 */
function optionsGivenToParent(command: Command): Readonly<Record<string, unknown>> {
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
  throw new UserError(`Unknown option "${stray.short ?? stray.long}" for \`${path}\``, {
    code: "usage.unknown_option",
    exit: ExitCode.Usage,
    hint: `Run \`kedro-azureml ${path} --help\``,
  });
}
