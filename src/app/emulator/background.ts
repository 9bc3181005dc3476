import { PRIVATE_FILE } from "../../core/user_folders.ts";
import { join } from "node:path";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { rootOfProject } from "../run/remembered_runs.ts";
import {
  emulatorFolder,
  emulatorOf,
  type EmulatorRecord,
  type FoundEmulator,
  stopEmulator,
} from "./running.ts";

const POLL_MS = 100;
/** How long an emulator may take to start: to run steps, an environment of Python may have to be made. */
const LONGEST_MS = 10 * 60_000;

/**
 * Starts the emulator of a project in the background, and waits until it is ready.
 *
 * @param words The command line of the emulator to start, without `start`.
 * @throws {UserError} `emulator.running` if it is running already, `emulator.not_started` with what it printed,
 *   `emulator.no_home` without a home folder.
 */
export async function startInBackground(
  ctx: AppContext,
  words: readonly string[],
  project: ProjectOptions,
): Promise<FoundEmulator> {
  const { root } = await rootOfProject(ctx, project);
  const folder = await emulatorFolder(ctx, root);
  if (folder === undefined) throw noHome("there is no home folder to record it in");
  const running = await emulatorOf(ctx, root);
  if (running !== undefined) {
    throw new UserError(`The emulator of ${root} is already running at ${running.origin}`, {
      code: "emulator.running",
      exit: ExitCode.Usage,
      hint: "Use it with `--emulator`, or stop it with `kedro-azureml emulator stop`",
    });
  }
  const log = join(folder, "log.txt");
  try {
    await ctx.fs.writeText(log, "", PRIVATE_FILE);
  } catch (thrown) {
    if (thrown instanceof UserError) throw thrown;
    throw noHome(`"${folder}" cannot be written`);
  }
  let code: number | undefined;
  ctx.startAgain(words, log).ended.then((ended) => code = ended);
  let shown = 0;
  for (let waitedMs = 0; waitedMs < LONGEST_MS && code === undefined; waitedMs += POLL_MS) {
    const started = await emulatorOf(ctx, root);
    shown = await relay(ctx, log, shown);
    if (started !== undefined) return started;
    await ctx.clock.sleep(POLL_MS, ctx.signal);
  }
  const printed = (await ctx.fs.readText(log)).split("error: ").at(-1)!.trim();
  throw new UserError(`The emulator did not start: ${printed || `see ${log}`}`, {
    code: "emulator.not_started",
    exit: ExitCode.Usage,
    hint: "Run `kedro-azureml emulator` with the same options to see all that it prints",
  });
}

/** Reports what the starting emulator has printed since, such as that it makes an environment for the steps. */
async function relay(ctx: AppContext, log: string, from: number): Promise<number> {
  const text = await ctx.fs.readText(log);
  const end = text.lastIndexOf("\n") + 1;
  const lines = text.slice(from, end).split("\n").filter((line) =>
    line !== "" && !["#", "error: ", "hint: "].some((start) => line.startsWith(start))
  );
  for (const line of lines) ctx.report({ type: "print", text: line });
  return end;
}

function noHome(why: string): UserError {
  return new UserError(`Cannot run an emulator in the background: ${why}`, {
    code: "emulator.no_home",
    exit: ExitCode.Usage,
    hint: "Set HOME or XDG_STATE_HOME, or run `kedro-azureml emulator` in another terminal",
  });
}

/** Stops a running emulator and waits for its end. */
export async function stopRunning(ctx: AppContext, running: EmulatorRecord): Promise<void> {
  let isAsked = false;
  for (let waitedMs = 0; waitedMs < LONGEST_MS; waitedMs += POLL_MS) {
    // On a slow machine it may end before its answer arrives.
    isAsked ||= await stopEmulator(ctx, running);
    if (await emulatorOf(ctx, running.project) === undefined) break;
    await ctx.clock.sleep(POLL_MS, ctx.signal);
  }
}
