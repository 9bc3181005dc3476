import type { Command } from "commander";
import type { Context } from "../../core/context.ts";
import { UserError } from "../../core/errors.ts";
import { pathOf, programOf } from "./declare.ts";
import { type GlobalOptions, projectRequest } from "./global_options.ts";
import { isRunningSteps } from "./shared_options.ts";

/**
 * What was typed for a command: its own options; in `args` its arguments by name; and in `project` what the program's
 * options and environment variables say about the project. The other options of the program are applied before.
 */
export function typedFor(
  ctx: Pick<Context, "cwd" | "env">,
  command: Command,
): Readonly<Record<string, unknown>> {
  const args = command.registeredArguments.map((
    argument,
    at,
  ) => [argument.name(), command.processedArgs[at]]);
  const program = programOf(command).opts<GlobalOptions>();
  const own: { readonly python?: string } = {
    ...command.opts(),
    ...optionsGivenToProgram(command),
    ...optionsGivenToParent(command),
  };
  const python = isRunningSteps(command) ? undefined : own.python;
  return { ...own, project: projectRequest(ctx, { ...program, python }), args: Object.fromEntries(args) };
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
    code: "usage.unknown_option",
    hint: `Run \`kedro-azureml ${path} --help\``,
  });
}
