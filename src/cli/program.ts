import { Command, type CommanderError } from "commander";
import type { Context } from "../core/context.ts";
import { once } from "../core/async.ts";
import { UserError } from "../core/errors.ts";
import { VERSION } from "../core/version.ts";
import { withOutputErrors } from "./os_error.ts";
import {
  addOptions,
  type AnyCommand,
  checkRules,
  type CommandContext,
  fill,
  finished,
  flagOf,
  isReadingWith,
  type Maker,
  namedValues,
  pathOf,
  programOf,
  refuseEmpty,
  specOf,
  subcommand,
  type Typed,
  withoutEmpty,
} from "./parse/command.ts";
import type { Fields } from "./parse/field.ts";
import {
  GLOBAL_OPTIONS,
  type GlobalOptions,
  projectRequest,
  withGlobalOptions,
} from "./parse/global_options.ts";
import {
  type Example,
  examplesText,
  globalOptionsText,
  HELP_LAYOUT,
  linkLines,
  moreOptionsText,
  USUAL_COLUMNS,
} from "./parse/help_layout.ts";
import { isHelp, UsageMistake } from "./parse/usage_error.ts";
import { withDirectory, withEmulatorOption } from "./terminal/print_message.ts";
import type { Outputs } from "./text/output.ts";

/** Loads a command with those below it. */
type Family = () => Promise<AnyCommand>;

const HIDDEN = "Hidden";

/** All commands by their words, below the titles of the program's help; after `|` stands another word for it. */
const COMMANDS: Readonly<Record<string, Readonly<Record<string, Family>>>> = {
  Project: {
    init: async () => (await import("./commands/init.ts")).init,
    migrate: async () => (await import("./commands/init.ts")).migrate,
    inspect: async () => (await import("./commands/inspect.ts")).inspect,
    files: async () => (await import("./commands/validate.ts")).files,
    validate: async () => (await import("./commands/validate.ts")).validate,
    compile: async () => (await import("./commands/compile.ts")).compile,
    config: async () => (await import("./commands/config.ts")).config,
  },
  Run: {
    rehearse: async () => (await import("./commands/rehearse.ts")).rehearse,
    "submit|run": async () => (await import("./commands/submit.ts")).submit,
    rerun: async () => (await import("./commands/submit.ts")).rerun,
    diff: async () => (await import("./commands/diff.ts")).diff,
    pack: async () => (await import("./commands/compile.ts")).pack,
  },
  Jobs: {
    "job|jobs": async () => (await import("./commands/job.ts")).job,
    ui: async () => (await import("./commands/ui.ts")).ui,
  },
  Schedules: {
    schedule: async () => (await import("./commands/schedule.ts")).schedule,
  },
  Workspace: {
    setup: async () => (await import("./commands/setup.ts")).setup,
    data: async () => (await import("./commands/setup.ts")).data,
    environment: async () => (await import("./commands/setup.ts")).environment,
  },
  Access: {
    auth: async () => (await import("./commands/auth.ts")).auth,
    doctor: async () => (await import("./commands/doctor.ts")).doctor,
  },
  Tools: {
    emulator: async () => (await import("./commands/emulator.ts")).emulator,
    completion: async () => (await import("./commands/completion.ts")).completion,
    help: async () => (await import("./commands/help.ts")).help,
  },
  // Those that help does not list: what scripts of shells call, and names that others have for the same.
  [HIDDEN]: {
    version: async () => (await import("./commands/help.ts")).version,
    complete: async () => (await import("./commands/completion.ts")).complete,
    "list-patterns": async () => (await import("./commands/config.ts")).listPatterns,
    "resolve-patterns": async () => (await import("./commands/config.ts")).resolvePatterns,
  },
};

const EXAMPLES: readonly Example[] = [
  ["init --rehearse", "Prepare a Kedro project and run it on this machine, without Azure"],
  ["rehearse", "Run it again after a change"],
  ["init", "Choose a workspace of your account"],
  ["validate", "Check all jobs before you submit"],
  ["submit main --wait", "Run a job and wait until it ends"],
];

/**
 * Makes the parser of all commands, of which each loads when its word is typed.
 *
 * @param done Receives the result of the command that ran.
 */
export function createProgram(ctx: Context, done: (result: Outputs) => Promise<void>): Command {
  const columns = () => ctx.terminal.columns ?? USUAL_COLUMNS;
  const root = addOptions(
    new Command("kedro-azureml")
      .description("Run Kedro pipelines on Azure Machine Learning")
      .usage("<command> [options]")
      .version(VERSION, "-V, --version", "print the version"),
    GLOBAL_OPTIONS,
  )
    .helpOption("-h, --help", "print help")
    .helpCommand(false)
    .configureHelp(HELP_LAYOUT)
    .configureOutput({
      writeOut: (text) => withOutputErrors([], () => ctx.terminal.out(text)),
      writeErr: (text) => withOutputErrors([], () => ctx.terminal.out(text)),
      getOutHelpWidth: columns,
      getErrHelpWidth: columns,
      outputError: () => {},
    })
    .showSuggestionAfterError()
    .exitOverride((error) => refuse(error, root));
  root.addHelpText("after", () => moreOptionsText(root, ""))
    .addHelpText("after", () => examplesText(EXAMPLES))
    .addHelpText("after", () => ["", ...linkLines()].join("\n"));
  let app: CommandContext | undefined;
  const make = (parent: Command, name: string, options = {}) => {
    const command: Command = parent.command(name, options).allowExcessArguments(false)
      .helpCommand(false)
      .addHelpText("after", () => moreOptionsText(command, pathOf(command)))
      .addHelpText("after", () => globalOptionsText(root, command, columns()));
    return command.exitOverride((error) => refuse(error, command));
  };
  const maker: Maker = {
    make,
    act: (parser, spec) => async () => {
      if (spec.needs?.includes("commands")) await loadAll(root);
      const { typed, warnings } = withoutEmpty(spec, typedFor(ctx, parser) as unknown as Typed<Fields>);
      for (const [name, value] of Object.entries(root.opts())) refuseEmpty(flagOf(name), value);
      checkRules(spec, typed);
      for (const warning of warnings) app!.report({ type: "warnings", warnings: [warning] });
      try {
        await done(await spec.run!(app!, await finished(spec, typed), parser));
      } finally {
        // Nothing of what was in progress stays on the terminal, also below an error.
        app?.report({ type: "read" });
      }
    },
  };
  for (const [title, families] of Object.entries(COMMANDS)) {
    root.commandsGroup(`${title}:`);
    for (const [words, load] of Object.entries(families)) {
      const [name = "", alias] = words.split("|");
      const command = make(root, name, { hidden: title === HIDDEN });
      if (alias !== undefined) command.alias(alias);
      LOADS.set(command, once(async () => fill(command, await load(), maker)));
    }
  }
  root.hook("preSubcommand", async (_, command) => await LOADS.get(command)?.());
  addReaderHook(root, ctx);
  root.hook("preAction", async (_, command) => {
    const typed = root.opts<GlobalOptions>();
    // Commands that start and stop emulators use none themselves.
    const isFree = specOf(command)?.needs?.includes("no emulator");
    const options = isFree ? { ...typed, emulator: false } : typed;
    const named = naming(root, options.emulator);
    const { openCommandContext, withRequestLog } = await import("./terminal/command_context.ts");
    const { from, rehearsal } = command.opts();
    const mustRun = specOf(command)?.needs?.includes("earlier jobs") && from === undefined && !rehearsal;
    const configured = await withEmulator(withGlobalOptions(ctx, options), { ...options, mustRun });
    app = openCommandContext(
      options.verbose ? withRequestLog(configured, options.json ?? false) : configured,
      { ...options, named },
    );
  });
  return root;
}

const LOADS = new WeakMap<Command, () => Promise<void>>();

/** Loads all commands of a program, for what names or describes them. */
export async function loadAll(root: Command): Promise<Command> {
  await Promise.all(root.commands.map((command) => LOADS.get(command)?.()));
  return root;
}

/** Adds to the commands in a text the options that were typed for this one. @param emulator Whether `--emulator` was. */
export function naming(root: Command, emulator = false): (text: string) => string {
  return (text) => {
    const named = withDirectory(text, root.opts<GlobalOptions>().directory);
    return emulator ? namingEmulator(root)(named) : named;
  };
}

/** Adds `--emulator` to the commands in a text that ask Azure. @param root A program that has loaded all commands. */
export function namingEmulator(root: Command): (text: string) => string {
  const asksAzure = (words: readonly string[]) => {
    const command = words.reduce((above, word) => subcommand(above, word) ?? above, root);
    return (specOf(command)?.needs?.includes("azure") ?? false) || words.includes("--online");
  };
  return (text) => withEmulatorOption(text, asksAzure);
}

function refuse(error: CommanderError, command: Command): never {
  throw isHelp(error) ? error : new UsageMistake(error, command);
}

/** Applies `--emulator`; without it, explains requests to an emulator that has stopped. */
async function withEmulator(
  ctx: Context,
  options: GlobalOptions & { readonly mustRun?: boolean | undefined },
): Promise<Context> {
  if (options.emulator) {
    const { useEmulator } = await import("../app/emulator/use.ts");
    return useEmulator(ctx, projectRequest(ctx, options), options);
  }
  if (!ctx.env.KEDRO_AZUREML_EMULATOR) return ctx;
  return (await import("../app/emulator/running.ts")).withEmulatorCheck(ctx);
}

/**
 * Starts the embedded reader while such a command is loading, unless the command will not use it, because it uses
 * another Python, a snapshot, a package, or the cache.
 */
function addReaderHook(root: Command, ctx: Context): void {
  root.hook("preAction", async (_, command) => {
    const { snapshot, package: packed, cache } = command.opts();
    const { kedroPython, directory } = projectRequest(ctx, command.optsWithGlobals());
    const readsElsewhere = kedroPython !== undefined || snapshot !== undefined || packed !== undefined;
    if (!specOf(command)?.needs?.includes("pipelines") || readsElsewhere) return;
    const { prepareReader } = await import("../app/project/prepare_reader.ts");
    await prepareReader(ctx, directory!, { cache });
  });
}

/**
 * What was typed for a command: its own options and arguments, and what the program's options and environment variables
 * say about the project. The other options of the program are applied before.
 */
function typedFor(
  ctx: Pick<Context, "cwd" | "env">,
  command: Command,
): Readonly<Record<string, unknown>> {
  const program = programOf(command).opts<GlobalOptions>();
  const own: { readonly python?: string } = {
    ...command.opts(),
    ...optionsGivenToProgram(command),
    ...optionsGivenToParent(command),
  };
  const spec = specOf(command)!;
  const python = isReadingWith(spec) ? own.python : undefined;
  return { ...projectRequest(ctx, { ...program, python }), ...namedValues(command, spec, own) };
}

/** The options of a command that the parser assigned to the program, which has options of the same names: `--ca-file`. */
function optionsGivenToProgram(command: Command): Readonly<Record<string, unknown>> {
  const program = programOf(command);
  const names = command.options.map((option) => option.attributeName());
  return Object.fromEntries(
    names.filter((name) => program.getOptionValueSource(name) === "cli").map((name) => [
      name,
      program.getOptionValue(name),
    ]),
  );
}

/**
 * The options of a command that the parser assigned to the command above it, which has options of the same names, as
 * `schedule` has.
 *
 * @throws {UserError} `usage.unknown_option` for an option of that command that this one does not have.
 */
function optionsGivenToParent(command: Command): Readonly<Record<string, unknown>> {
  const above = command.parent!;
  if (above.parent === null) return {};
  const ofParent = above.options.filter((option) =>
    above.getOptionValueSource(option.attributeName()) === "cli"
  );
  const stray = ofParent.find(({ long }) => !command.options.some((own) => own.long === long));
  if (stray === undefined) {
    const values: Readonly<Record<string, unknown>> = above.opts();
    return Object.fromEntries(
      ofParent.map((option) => [option.attributeName(), values[option.attributeName()]]),
    );
  }
  const path = pathOf(command);
  throw new UserError(`Unknown option "${stray.short ?? stray.long}" for \`${path}\``, {
    // usage.unknown_option: The command has no such option. Run it with `--help`.
    code: "usage.unknown_option",
    hint: `Run \`kedro-azureml ${path} --help\``,
  });
}
