import type { Command } from "commander";
import type { AppContext, ProjectOptions } from "../../app/context.ts";
import { startEmulator } from "../../app/emulator/emulator.ts";
import {
  findEmulator,
  findEmulators,
  type FoundEmulator,
  recordEmulator,
  type RunningEmulator,
  startInBackground,
  stopRunning,
} from "../../app/emulator/running.ts";
import {
  EMULATOR_VARIABLES,
  type EmulatorServerOptions,
  OTHER_VARIABLES,
  readSeed,
} from "../../app/emulator/use.ts";
import { openRunner, readLocalData } from "../../app/rehearse/runner.ts";
import { rememberedRoot } from "../../app/runs/names.ts";
import type { Context } from "../../core/context.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { countText } from "../../core/format.ts";
import { emulatorPageUrl } from "../../core/net/cloud_hosts.ts";
import { shellWord } from "../../core/untrusted.ts";
import { VERSION } from "../../core/version.ts";
import type { WorkspaceSeed } from "../../emulator/state/options.ts";
import { programOf } from "../parse/command.ts";
import { stepsRequest, type StepsTyped } from "../parse/steps_request.ts";
import { portRequest } from "../parse/values.ts";
import type { Output } from "../text/output.ts";

/** What is typed for `emulator`. */
interface EmulatorTyped extends BehaviorTyped, StepsTyped {
  readonly project: ProjectOptions;
  readonly workspace?: readonly WorkspaceSeed[];
  readonly compute?: readonly string[];
  readonly empty?: boolean;
  /** Whether to run the steps of jobs on this machine. */
  readonly runSteps?: boolean;
}

/** Runs the emulator until Ctrl+C. */
export async function* emulator(ctx: AppContext, typed: EmulatorTyped): AsyncIterable<Output> {
  const behavior = behaviorRequest(typed);
  const steps = { ...stepsRequest(typed), state: typed.state };
  const { project, workspace: workspaces, compute: computes, acceptAny, empty } = typed;
  const { seed, warnings } = await readSeed(ctx, project, { workspaces, computes, acceptAny, empty });
  yield { data: undefined, text: "", warnings };
  const runner = typed.runSteps ? await openRunner(ctx, steps, project.directory) : undefined;
  const localData = runner === undefined || empty ? {} : await readLocalData(ctx, project);
  const server = await startEmulator(ctx, {
    ...behavior,
    seed,
    ...(runner && { run: { ...runner.options, localData } }),
    onNotice: (message) =>
      void ctx.report({ type: "warning", warning: { code: "emulator.notice", message } }),
  });
  const record = await recordEmulator(ctx, {
    ...server.ready,
    project: await rememberedRoot(ctx, project),
    runsSteps: runner !== undefined,
    startedAt: ctx.clock.now().toISOString(),
    version: VERSION,
  });
  try {
    const shell = record === undefined ? shellOf(ctx) : undefined;
    yield renderReady(server.ready, { python: runner?.python, shell });
    await server.finished;
  } finally {
    await record?.remove();
    await server.cleanUp();
    await runner?.close();
  }
}

/**
 * Renders the emulator's URL and how to use it.
 *
 * @param options.python The Python that runs the steps; absent if they are simulated.
 * @param options.shell The shell for whose variables lines are printed, if `--emulator` finds another emulator.
 */
export function renderReady(
  ready: RunningEmulator,
  { python, shell }: { readonly python?: string | undefined; readonly shell?: PrintedShell | undefined },
): Output {
  const steps = python === undefined
    ? "Steps are simulated: no project code runs."
    : `Steps run on this machine with ${python}.`;
  const use = shell === undefined
    ? "# In another terminal, add `--emulator` to any command.\n"
    : `# Another emulator is the one that \`--emulator\` uses. To use this one, run in another terminal:\n${
      variableLines(shell, ready.env)
    }`;
  return {
    data: { ...ready, page: emulatorPageUrl(ready) },
    text: `# Emulating Azure ML at ${ready.origin} until you press Ctrl+C. ${steps}\n` +
      `# Jobs: ${emulatorPageUrl(ready)}\n${use}`,
    isRaw: true,
  };
}

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

/** How an emulator is to behave, as typed. */
interface BehaviorTyped {
  readonly port?: string;
  readonly caFile?: string;
  readonly state?: string;
  readonly fail?: readonly string[];
  readonly acceptAny?: boolean;
}

/** How an emulator behaves. @throws {UserError} `emulator.*`. */
export function behaviorRequest(typed: BehaviorTyped): Omit<EmulatorServerOptions, "seed"> {
  const { port, caFile, state, fail, acceptAny } = typed;
  return {
    ...(port !== undefined && { port: portRequest(port, "emulator.port") }),
    ...(caFile !== undefined && { caFile }),
    ...(state !== undefined && { state }),
    ...(fail !== undefined && { fail }),
    ...(acceptAny !== undefined && { acceptAny }),
  };
}

/** A shell that lines can be printed for. */
export type PrintedShell = "sh" | "fish" | "powershell";

/** Where the lines keep what a variable was before. */
const BEFORE = "KEDRO_AZUREML_BEFORE_";

/** How one shell keeps, sets, removes and puts back a variable; the old value is never printed. */
interface Syntax {
  set(name: string, value: string): string;
  remove(name: string): string;
  keep(name: string): string;
  undo(name: string): string;
  /** The first and last line of a block that runs where the emulator's variables are set, or only where not. */
  block(isSet: boolean): readonly [string, string];
}

const SYNTAX: Readonly<Record<PrintedShell, Syntax>> = {
  sh: {
    set: (name, value) => `export ${name}=${shellWord(value)}`,
    remove: (name) => `unset ${name}`,
    keep: (name) => `[ -z "\${${name}+x}" ] || export ${BEFORE}${name}="$${name}"`,
    undo: (name) =>
      `if [ -n "\${${BEFORE}${name}+x}" ]; then export ${name}="$${BEFORE}${name}"; unset ${BEFORE}${name}; else unset ${name}; fi`,
    block: (isSet) => [`if [ -${isSet ? "n" : "z"} "\${KEDRO_AZUREML_EMULATOR:-}" ]; then`, "fi"],
  },
  fish: {
    set: (name, value) => `set -gx ${name} '${value.replaceAll(/[\\']/g, "\\$&")}'`,
    remove: (name) => `set -e ${name}`,
    keep: (name) => `set -q ${name}; and set -gx ${BEFORE}${name} $${name}`,
    undo: (name) =>
      `if set -q ${BEFORE}${name}; set -gx ${name} $${BEFORE}${name}; set -e ${BEFORE}${name}; else; set -e ${name}; end`,
    block: (isSet) => [`if ${isSet ? "" : "not "}set -q KEDRO_AZUREML_EMULATOR`, "end"],
  },
  powershell: {
    set: (name, value) => `$env:${name} = '${value.replaceAll("'", "''")}'`,
    remove: (name) => `Remove-Item Env:${name} -ErrorAction Ignore`,
    keep: (name) => `if (Test-Path Env:${name}) { $env:${BEFORE}${name} = $env:${name} }`,
    undo: (name) =>
      `if (Test-Path Env:${BEFORE}${name}) { $env:${name} = $env:${BEFORE}${name}; Remove-Item Env:${BEFORE}${name} } ` +
      `else { Remove-Item Env:${name} -ErrorAction Ignore }`,
    block: (isSet) => [`if (${isSet ? "" : "-not "}$env:KEDRO_AZUREML_EMULATOR) {`, "}"],
  },
};

/** The usual shell of this machine: PowerShell on Windows, fish where SHELL names it, a POSIX shell elsewhere. */
export function shellOf({ platform, env }: Pick<Context, "platform" | "env">): PrintedShell {
  if (platform === "windows") return "powershell";
  return /(^|\/)fish$/.test(env.SHELL ?? "") ? "fish" : "sh";
}

/**
 * Lines that keep the values of variables, unless they are an emulator's already, set new ones, and remove those that
 * would lead elsewhere.
 */
export function variableLines(shell: PrintedShell, variables: Readonly<Record<string, string>>): string {
  const { keep, set, remove, block } = SYNTAX[shell];
  const [start, end] = block(false);
  const kept = [...Object.keys(variables), ...OTHER_VARIABLES].map(keep);
  const changed = Object.entries(variables).map(([name, value]) => set(name, value));
  return [start, ...kept, end, ...changed, ...OTHER_VARIABLES.map(remove), ""].join("\n");
}

/** Lines that put all variables back that {@linkcode variableLines} set or removed, where it did. */
export function undoLines(shell: PrintedShell): string {
  const { undo, block } = SYNTAX[shell];
  const [start, end] = block(true);
  return [start, ...[...EMULATOR_VARIABLES, ...OTHER_VARIABLES].map(undo), end, ""].join("\n");
}
