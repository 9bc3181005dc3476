import { type Command, CommanderError } from "commander";
import type { ProjectOptions } from "../app/context.ts";
import type { Context } from "../core/context.ts";
import { ciSystemOf } from "../core/env_vars.ts";
import { ownSecrets } from "../core/secrets.ts";
import { changedError, ExitCode, hintLines, UserError, type Warning } from "../core/errors.ts";
import { interruption } from "../core/interruption.ts";
import { ownValue } from "../core/json.ts";
import { shownJson } from "../core/untrusted.ts";
import { VERSION } from "../core/version.ts";
import { machineError, withOutputErrors } from "./os_error.ts";
import { subcommand } from "./parse/command.ts";
import { WHOLE_LAYOUT } from "./parse/help_layout.ts";
import { type GlobalOptions, projectRequest } from "./parse/global_options.ts";
import { isHelp, usageError, UsageMistake } from "./parse/usage_error.ts";
import { createProgram, loadAll, naming } from "./program.ts";
import { printMessage } from "./terminal/print_message.ts";
import { hasFlag, withTerminalFlags } from "./terminal/terminal_flags.ts";
import type { Message } from "./text/error.ts";
import { jsonText, type Output } from "./text/output.ts";
import { terminalText } from "./text/render.ts";

/** Runs one command line and returns the exit status; never throws. */
export async function run(argv: readonly string[], context: Context): Promise<ExitCode> {
  const json = hasFlag(argv, "--json");
  const emulator = hasFlag(argv, "--emulator");
  const named = (text: string) => naming(root, emulator)(text);
  const ctx = withTerminalFlags(context, argv, named);
  const print = (message: Message) => printMessage(ctx, { json, named }, message);
  let exit: ExitCode = ExitCode.Ok;
  const submitted: string[] = [];
  const annotated = (messages: readonly (UserError | Warning)[]) =>
    annotateMessages(ctx, root.opts<GlobalOptions>(), messages);
  const root = createProgram(ctx, async (result) => {
    for await (const output of Symbol.asyncIterator in result ? result : [result]) {
      const isQuiet = root.opts<GlobalOptions>().quiet ?? false;
      const warnings = isQuiet ? [] : output.warnings ?? [];
      if (warnings.length > 0) (await loadErrors()).warningMessages(warnings, json).forEach(print);
      await annotated(warnings);
      if (output.submitted !== undefined) submitted.push(output.submitted);
      const { isProgress = false } = output;
      if (isProgress && !json && !isQuiet) print({ data: undefined, text: output.text });
      const text = json ? dataLine(output.data) : isProgress ? "" : resultText(ctx, output, named);
      if (output.isPage && ctx.terminal.interactive) await ctx.terminal.page(text);
      else if (text !== "") withOutputErrors(submitted, () => ctx.terminal.out(text));
      if (!json && !isQuiet) {
        output.next?.flatMap(hintLines).forEach((line) => print({ data: undefined, text: `${line}\n` }));
      }
      exit = output.exit || exit;
    }
  });
  const prettified = argv.filter((word) => PRETTIFIED.test(word));
  if (prettified.length > 0) {
    const { prettifiedWarning, warningMessages } = await loadErrors();
    warningMessages([prettifiedWarning(prettified)], json).forEach(print);
  }
  try {
    if (emulator || commandIn(root, argv) === undefined) await loadAll(root);
    if (argv.includes("--all")) [root, ...root.commands].forEach((each) => each.configureHelp(WHOLE_LAYOUT));
    await root.parseAsync(withLongForms(knownCommand(root, argv)), {
      from: "user",
    });
    return exit;
  } catch (thrown) {
    if (thrown instanceof CommanderError && isHelp(thrown)) return ExitCode.Ok;
    if (thrown instanceof UsageMistake) await loadAll(root);
    let error = thrown instanceof UsageMistake ? usageError(thrown) : asUserError(thrown, ctx);
    if (error !== undefined && MAY_BE_OF_EMULATOR.test(error.code)) {
      const project = projectRequest(ctx, root.opts<GlobalOptions>());
      error = await withEmulatorHint(error, ctx, { emulator, project });
    }
    const { renderBug, renderError } = await loadErrors();
    const secrets = ownSecrets(ctx.env);
    print(error === undefined ? renderBug(thrown, VERSION, secrets) : renderError(error));
    if (error !== undefined && error.code !== "interrupted") await annotated([error]);
    return error?.exit ?? ExitCode.Bug;
  }
}

/** What word processors and chats make of quotes, hyphens and spaces, where the shell takes them for a part of a word. */
const PRETTIFIED = /^[“”„‘–—]|”$|=[“„‘]|\u00a0/;

const loadErrors = () => import("./text/error.ts");

/** Shows messages at their lines in CI systems that can; `validate` and `files` do so with their findings. */
async function annotateMessages(
  ctx: Context,
  options: GlobalOptions,
  messages: readonly (UserError | Warning)[],
): Promise<void> {
  if (messages.length === 0 || ciSystemOf(ctx.env) === undefined) return;
  const [{ annotate }, { messagesToFindings }] = await Promise.all([
    import("./terminal/ci.ts"),
    import("../app/project/open.ts"),
  ]);
  annotate(ctx, await messagesToFindings(ctx, projectRequest(ctx, options), messages));
}

function resultText(
  { terminal: { color, outColumns } }: Context,
  { text, isRaw = false }: Output,
  named: (text: string) => string,
): string {
  const shown = isRaw ? text : named(text);
  return terminalText({ color, columns: isRaw ? undefined : outColumns }, shown);
}

/** Flags of Kedro and the plugin with two letters, which the parser would read as two options. */
const LONG_FORMS: Readonly<Record<string, string>> = { "-lv": "--load-versions", "-ns": "--namespaces" };

/** What the parser understands: of `-j=main` it would take `=main` for the value. */
function withLongForms(argv: readonly string[]): readonly string[] {
  return argv.map((word) => ownValue(LONG_FORMS, word) ?? word.replace(/^(-[A-Za-z])=/, "$1"));
}

function asUserError(thrown: unknown, ctx: Context): UserError | undefined {
  if (thrown instanceof UserError && thrown.code === "interrupted") return thrown;
  if (ctx.signal.aborted) return interruption(ctx.signal.reason);
  return thrown instanceof UserError ? thrown : machineError(thrown);
}

/** Codes of errors about what is not in Azure, or why it is not reached, where an emulator may have been meant. */
const MAY_BE_OF_EMULATOR =
  /^(?:azure\.not_found|auth\.no_credential|network\..+|(?:job|compare)\.no_run|job\.(?:none_submitted|not_found)|schedule\.not_found)$/;

function dataLine(data: unknown): string {
  return data === undefined ? "" : shownJson(jsonText(data)) + "\n";
}

/** The command whose word is typed, after options of the program and their values. */
function commandIn(root: Command, argv: readonly string[]): Command | undefined {
  let isValue = false;
  for (const word of argv) {
    if (isValue) isValue = false;
    else if (!word.startsWith("-")) return subcommand(root, word);
    else isValue = root.options.some(({ long, short, required }) => required && [long, short].includes(word));
  }
  return undefined;
}

/** Without `--help` if the command is unknown, because the parser would print the program's help instead of an error. */
function knownCommand(root: Command, argv: readonly string[]): readonly string[] {
  const [word] = argv;
  const isKnown = word === undefined || word.startsWith("-") || subcommand(root, word) !== undefined;
  return isKnown ? argv : argv.filter((word) => word !== "--help" && word !== "-h");
}

/**
 * Adds to an error about what a workspace does not have that an emulator only has the workspaces of the project that it
 * was started for, and what was sent to it since; without `--emulator`, that one is running.
 */
export async function withEmulatorHint(
  error: UserError,
  ctx: Context,
  { emulator, project }: { readonly emulator: boolean; readonly project: ProjectOptions },
): Promise<UserError> {
  const { findEmulator } = await import("../app/emulator/running.ts");
  const isRunning = await findEmulator(ctx, project).catch(() => undefined) !== undefined;
  if (!emulator && !ctx.env.KEDRO_AZUREML_EMULATOR) {
    const { hint = "" } = error;
    const rest = hint && `; else ${hint[0]!.toLowerCase()}${hint.slice(1)}`;
    return isRunning
      ? changedError(error, { hint: `Add \`--emulator\` to use the running emulator of this project${rest}` })
      : error;
  }
  if (error.code !== "azure.not_found") return error;
  return changedError(error, {
    hint: emulator
      ? "If azureml.yml has changed since the emulator was started, run `kedro-azureml emulator stop`, then this command again"
      : "If this shell's variables are those of another project's emulator, run `kedro-azureml emulator env` here",
  });
}
