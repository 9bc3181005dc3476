import type { Command } from "commander";
import { programOf } from "../command/declare.ts";
import type { AppContext } from "../../app/context.ts";
import { type EmulatorRecord, findEmulator } from "../../app/emulator/running.ts";
import { startInBackground, stopRunning } from "../../app/emulator/background.ts";
import { emulatorPageUrl } from "../../core/emulator_page.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { Output } from "../command/output.ts";
import { shellOf, undoLines, variableLines } from "./shell_lines.ts";
import type { PrintedShell } from "./shell_lines.ts";

/** `emulator start`: starts an emulator that keeps running, with the options of `emulator`. */
export async function emulatorStart(ctx: AppContext, _: unknown, command: Command): Promise<Output> {
  const words = [...(programOf(command) as Command & { readonly rawArgs: readonly string[] }).rawArgs];
  words.splice(words.indexOf("start", words.indexOf("emulator")), 1);
  const record = await startInBackground(ctx, words);
  return {
    data: dataOf(record),
    text: `✓ The emulator is running at ${record.origin}. ${stepsText(record)}\n`,
    next: [
      "Add `--emulator` to any command to use it, such as `kedro-azureml --emulator submit main --wait`",
    ],
  };
}

/** `emulator stop`. */
export async function emulatorStop(ctx: AppContext): Promise<Output> {
  const record = await stopRunning(ctx);
  if (record === undefined) return { data: { stopped: null }, text: "No emulator is running.\n" };
  return { data: { stopped: record.origin }, text: `✓ Stopped the emulator at ${record.origin}\n` };
}

/** `emulator status`: exits with 1 if none is running. */
export async function emulatorStatus(ctx: AppContext): Promise<Output> {
  const record = await findEmulator(ctx);
  if (record === undefined) {
    return { data: { running: false }, text: "No emulator is running.\n", exit: ExitCode.JobFailed };
  }
  const since = `Started ${
    record.startedAt.replace("T", " ").slice(0, 16)
  } UTC by version ${record.version}.`;
  return {
    data: dataOf(record),
    text: `The emulator is running at ${record.origin}. ${stepsText(record)}\n${since}\nJobs: ${
      emulatorPageUrl(record)
    }\n`,
  };
}

/** `emulator env`: the lines that make other clients in this shell use the running emulator. */
export async function emulatorEnv(
  ctx: AppContext,
  options: { readonly shell?: PrintedShell },
): Promise<Output> {
  const record = await findEmulator(ctx);
  if (record === undefined) {
    throw new UserError("No emulator is running", {
      code: "emulator.not_running",
      exit: ExitCode.Usage,
      hint: "Run `kedro-azureml emulator start`",
    });
  }
  const shell = options.shell ?? shellOf(ctx);
  return { data: record.env, text: variableLines(shell, record.env), isRaw: true };
}

/** `emulator off`: the lines that undo those of `emulator env` in this shell. */
export async function emulatorOff(
  ctx: AppContext,
  options: { readonly shell?: PrintedShell },
): Promise<Output> {
  const shell = options.shell ?? shellOf(ctx);
  const text = undoLines(shell);
  return { data: { lines: text.trimEnd().split("\n") }, text, isRaw: true };
}

function dataOf(record: EmulatorRecord) {
  const { origin, caFile, runsSteps, startedAt, version } = record;
  return { running: true, origin, page: emulatorPageUrl(record), caFile, runsSteps, startedAt, version };
}

function stepsText({ runsSteps }: EmulatorRecord): string {
  return runsSteps ? "Steps run on this machine." : "Steps are simulated: no project code runs.";
}
