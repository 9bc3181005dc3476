import { CommanderError } from "commander";
import type { Context } from "../core/context.ts";
import { SECRET_ENV_VARS } from "../core/env_vars.ts";
import { ExitCode, UserError } from "../core/errors.ts";
import { VERSION } from "../core/version.ts";
import type { Output, Outputs } from "./command/output.ts";
import { jsonText } from "./command/json_text.ts";
import { program } from "./program.ts";
import { type Message, renderBug, renderError, renderWarning } from "./text/error.ts";
import { paint } from "./text/paint.ts";
import { machineError } from "./os_error.ts";
import { shownJson } from "../core/text/sanitize.ts";
import { shownTerminal } from "./shown_terminal.ts";
import { withOptionVariables } from "./early_options.ts";
import { isShown } from "./command/usage.ts";
import { saying } from "./terminal/request_log.ts";

/** Runs one command line and returns the exit status; it never throws. */
export async function run(argv: readonly string[], context: Context): Promise<ExitCode> {
  const json = asked(argv, "--json");
  const quiet = withOptionVariables(narrowed(context, argv), argv);
  const ctx = asked(argv, "--verbose") ? saying(quiet, json) : quiet;
  let exit: ExitCode = ExitCode.Ok;
  const root = program(ctx, async (result) => {
    for await (const output of outputs(result)) {
      for (const warning of output.warnings ?? []) tell(ctx, json, renderWarning(warning));
      if (!json) ctx.terminal.out(painted(ctx, output.text));
      else if (output.data !== undefined) ctx.terminal.out(shownJson(jsonText(output.data)) + "\n");
      exit = output.exit || exit;
    }
  });
  try {
    await root.parseAsync(argv.map(longForm), { from: "user" });
    return exit;
  } catch (thrown) {
    if (thrown instanceof CommanderError && isShown(thrown)) return ExitCode.Ok;
    const error = asUserError(thrown, ctx);
    tell(ctx, json, error === undefined ? renderBug(thrown, VERSION, secretsOf(ctx)) : renderError(error));
    return error?.exit ?? ExitCode.Bug;
  }
}

/** The plugin's `-lv` has two letters, which the parser takes for two options. */
function longForm(word: string): string {
  return word === "-lv" ? "--load-versions" : word;
}

function asUserError(thrown: unknown, ctx: Context): UserError | undefined {
  if (thrown instanceof UserError && thrown.code === "interrupted") return thrown;
  if (ctx.signal.aborted) return interrupted(ctx.signal.reason);
  return thrown instanceof UserError ? thrown : machineError(thrown);
}

function interrupted(signal: unknown): UserError {
  const exit = signal === "SIGTERM" ? ExitCode.Terminated : ExitCode.Interrupted;
  return new UserError(`Interrupted by ${signal}`, { code: "interrupted", exit });
}

/** Values of the variables that hold secrets. */
function secretsOf({ env }: Context): readonly (string | undefined)[] {
  return [...SECRET_ENV_VARS].map((name) => env[name]);
}

async function* outputs(result: Outputs): AsyncIterable<Output> {
  if (Symbol.asyncIterator in result) yield* result;
  else yield result;
}

function tell(ctx: Context, json: boolean, { data, text }: Message): void {
  ctx.terminal.err(json ? shownJson(JSON.stringify(data)) + "\n" : painted(ctx, text));
}

function painted(ctx: Context, text: string): string {
  return ctx.terminal.color ? paint(text) : text;
}

/** Flags that must hold even for the errors of parsing, so they are looked for before it. */
function asked(argv: readonly string[], flag: string): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? undefined : end).includes(flag);
}

function narrowed(ctx: Context, argv: readonly string[]): Context {
  const { terminal } = ctx;
  const color = terminal.color && !asked(argv, "--no-color");
  const interactive = terminal.interactive && !asked(argv, "--no-input") && !asked(argv, "--json");
  return { ...ctx, terminal: shownTerminal({ ...terminal, color, interactive }) };
}
