import type { Command } from "commander";
import { programOf } from "../command/declare.ts";
import type { AppContext, ProjectOptions } from "../../app/context.ts";
import { findEmulator, findEmulators, type FoundEmulator } from "../../app/emulator/running.ts";
import { startInBackground, stopRunning } from "../../app/emulator/background.ts";
import { emulatorPageUrl } from "../../core/emulator_page.ts";
import { countText } from "../../core/text/numbers.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { Output } from "../command/output.ts";
import { shellOf, undoLines, variableLines } from "./shell_lines.ts";
import type { PrintedShell } from "./shell_lines.ts";

/** What is typed for each of these commands. */
interface EmulatorTyped {
  readonly project: ProjectOptions;
}

/** `emulator start`: starts an emulator that keeps running, with the options of `emulator`. */
export async function emulatorStart(
  ctx: AppContext,
  { project }: EmulatorTyped,
  command: Command,
): Promise<Output> {
  const words = [...(programOf(command) as Command & { readonly rawArgs: readonly string[] }).rawArgs];
  words.splice(words.indexOf("start", words.indexOf("emulator")), 1);
  const found = await startInBackground(ctx, words, project);
  return {
    data: dataOf(found),
    text: `✓ The emulator is running at ${found.origin}. ${stepsText(found)}\n`,
    next: [
      "Add `--emulator` to any command to use it, such as `kedro-azureml --emulator submit main --wait`",
    ],
  };
}

/** What is typed for `emulator stop`. */
interface EmulatorStopTyped extends EmulatorTyped {
  /** Whether to end running jobs without asking. */
  readonly yes?: boolean;
}

/**
 * `emulator stop`: asks before it ends jobs whose steps run on this machine.
 *
 * @throws {UserError} `usage.not_confirmed` without a terminal and `--yes`.
 */
export async function emulatorStop(ctx: AppContext, { project, yes }: EmulatorStopTyped): Promise<Output> {
  const found = await findEmulator(ctx, project);
  if (found === undefined) {
    return { data: { stopped: null }, text: noneText(await findEmulators(ctx)) };
  }
  const { jobs, origin, runsSteps } = found;
  if (runsSteps && jobs.length > 0 && !yes && !await isConfirmed(ctx, jobs)) {
    return { data: { stopped: null }, text: "· Nothing was stopped\n" };
  }
  await stopRunning(ctx, found);
  return { data: { stopped: origin }, text: `✓ Stopped the emulator at ${origin}\n` };
}

async function isConfirmed({ person }: AppContext, jobs: readonly string[]): Promise<boolean> {
  const names = `job${jobs.length === 1 ? "" : "s"} ${jobs.join(", ")}`;
  if (person !== undefined) return await person.confirm(`Stop the emulator, and with it ${names}?`);
  throw new UserError(`The emulator is running ${names}`, {
    code: "usage.not_confirmed",
    hint: `Wait until ${jobs.length === 1 ? "it has" : "they have"} ended, or pass \`--yes\``,
  });
}

/** `emulator status`: exits with 1 if none is running. */
export async function emulatorStatus(ctx: AppContext, { project }: EmulatorTyped): Promise<Output> {
  const found = await findEmulator(ctx, project);
  const others = (await findEmulators(ctx)).filter((other) => other.origin !== found?.origin);
  const also = others.map(({ project, origin, workspaces, jobs }) => ({ project, origin, workspaces, jobs }));
  if (found === undefined) {
    const data = { running: false, others: also };
    return { data, text: noneText(others), exit: ExitCode.JobFailed };
  }
  const since = `Started ${found.startedAt.replace("T", " ").slice(0, 16)} UTC by version ${found.version}.`;
  return {
    data: { ...dataOf(found), others: also },
    text: `The emulator of ${found.project} is running at ${found.origin}. ${stepsText(found)}\n` +
      `Workspaces: ${found.workspaces.join(", ")}\n` +
      (found.jobs.length === 0 ? "" : `Running jobs: ${found.jobs.join(", ")}\n`) +
      `${since}\nJobs: ${emulatorPageUrl(found)}\n${othersText(others)}`,
  };
}

/** `emulator env`: the lines that make other clients in this shell use the running emulator. */
export async function emulatorEnv(
  ctx: AppContext,
  { project, shell = shellOf(ctx) }: EmulatorTyped & { readonly shell?: PrintedShell },
): Promise<Output> {
  const found = await findEmulator(ctx, project);
  if (found === undefined) {
    throw new UserError("No emulator is running for this project", {
      code: "emulator.not_running",
      exit: ExitCode.Usage,
      hint: "Run `kedro-azureml emulator start`",
    });
  }
  return { data: found.env, text: variableLines(shell, found.env), isRaw: true };
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

function dataOf(found: FoundEmulator) {
  const { origin, caFile, runsSteps, startedAt, version, project, workspaces, jobs } = found;
  const page = emulatorPageUrl(found);
  return { running: true, origin, page, caFile, runsSteps, startedAt, version, project, workspaces, jobs };
}

function noneText(others: readonly FoundEmulator[]): string {
  return others.length === 0
    ? "No emulator is running.\n"
    : `No emulator is running for this project.\n${othersText(others)}`;
}

/** Says which emulators of other projects run. */
function othersText(others: readonly FoundEmulator[]): string {
  return others.map(({ project, origin, jobs }) =>
    `The emulator of ${project} is running at ${origin}` +
    `${jobs.length === 0 ? "" : `, with ${countText(jobs.length, "job")}`}.\n`
  ).join("");
}

function stepsText({ runsSteps }: FoundEmulator): string {
  return runsSteps ? "Steps run on this machine." : "Steps are simulated: no project code runs.";
}
