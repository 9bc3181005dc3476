import { join } from "node:path";
import type { Context } from "../../core/context.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { PRIVATE_FILE, projectHash, userFolders } from "../../core/files.ts";
import { type Fields, fields, parsedJson } from "../../core/json.ts";
import { isConnectionError } from "../../core/net/network_error.ts";
import { isFinal } from "../../core/runs.ts";
import { shellWord } from "../../core/untrusted.ts";
import type { Emulator } from "../../emulator/emulator.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { rootOfProject } from "../runs/names.ts";

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
      // emulator.running: The emulator of this project is already running. Use it with `--emulator`, or stop
      //   it.
      code: "emulator.running",
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
    // emulator.not_started: The emulator ended at its start. Run it in the foreground to see why.
    code: "emulator.not_started",
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
    // emulator.no_home: The emulator needs a home folder to run in the background. Set HOME.
    code: "emulator.no_home",
    hint: "Set HOME or XDG_STATE_HOME, or run `kedro-azureml emulator` in another terminal",
  });
}

export async function stopRunning(ctx: AppContext, running: EmulatorRecord): Promise<void> {
  let isAsked = false;
  for (let waitedMs = 0; waitedMs < LONGEST_MS; waitedMs += POLL_MS) {
    // On a slow machine it may end before its answer arrives.
    isAsked ||= await stopEmulator(ctx, running);
    if (await emulatorOf(ctx, running.project) === undefined) break;
    await ctx.clock.sleep(POLL_MS, ctx.signal);
  }
}

export interface RunningEmulator {
  readonly origin: string;
  /** Base URL of the pages of jobs. */
  readonly pages: string;
  readonly caFile: string;
  /** Environment variables; one of them is the secret of its only identity. */
  readonly env: Readonly<Record<string, string>>;
}

/** A running emulator, as another process of the same user finds it. */
interface EmulatorRecord extends RunningEmulator {
  /** The folder of the project that it was started for, or in which it was started. */
  readonly project: string;
  readonly runsSteps: boolean;
  /** When it was started, in ISO 8601. */
  readonly startedAt: string;
  readonly version: string;
}

export interface FoundEmulator extends EmulatorRecord {
  readonly workspaces: readonly string[];
  /** Names of the jobs that have not ended. */
  readonly jobs: readonly string[];
}

type Machine = Pick<Context, "cwd" | "env" | "home" | "platform" | "fs">;

/** The folder of what belongs to this user's running emulators; `undefined` without a home folder. */
function emulatorsFolder(ctx: Machine): string | undefined {
  const { KEDRO_AZUREML_EMULATOR: _, ...env } = ctx.env;
  const state = userFolders({ ...ctx, env })?.state;
  return state && join(state, "emulator", "running");
}

/** The folder of what belongs to the running emulator of a project; `undefined` without a home folder. */
async function emulatorFolder(ctx: Machine, project: string): Promise<string | undefined> {
  const folder = emulatorsFolder(ctx);
  return folder && join(folder, await projectHash(ctx, project, 16));
}

const FILE = "running.json";

/** Records an emulator as that of its project; `undefined` if it has one, or there is no writable home folder. */
export async function recordEmulator(
  ctx: Machine & Pick<Context, "openNetwork">,
  record: EmulatorRecord,
): Promise<{ remove(): Promise<void> } | undefined> {
  const folder = await emulatorFolder(ctx, record.project);
  if (folder === undefined || await emulatorOf(ctx, record.project) !== undefined) return undefined;
  const path = join(folder, FILE);
  try {
    await ctx.fs.writeText(path, JSON.stringify(record, null, 2) + "\n", PRIVATE_FILE);
  } catch {
    // A home folder that cannot be written: the emulator is used by its variables only.
    return undefined;
  }
  return {
    async remove() {
      if ((await readRecord(ctx, path))?.origin === record.origin) await ctx.fs.remove(path);
    },
  };
}

/**
 * The running emulator that a command uses: that of the project, or outside of projects that of the folder, else the
 * only one of this user.
 *
 * @throws {UserError} `emulator.several` outside of projects if there are several.
 */
export async function findEmulator(
  ctx: Machine & Pick<Context, "openNetwork">,
  project: ProjectOptions,
): Promise<FoundEmulator | undefined> {
  const { root, noProject } = await rootOfProject(ctx, project);
  const own = await emulatorOf(ctx, root);
  if (own !== undefined || noProject === undefined) return own;
  const all = await findEmulators(ctx);
  if (all.length <= 1) return all[0];
  throw new UserError(`${all.length} emulators are running, and this folder is in no project`, {
    // emulator.several: Emulators of several projects are running. Name a project with `-C`.
    code: "emulator.several",
    details: all.map(({ project, origin }) => `${project}: ${origin}`),
    hint: `Name a project, such as with \`-C ${shellWord(all[0]!.project)}\``,
  });
}

export function notRunning(): UserError {
  return new UserError("No emulator is running for this project", {
    // emulator.not_running: No emulator is running. Run `kedro-azureml emulator start`.
    code: "emulator.not_running",
    hint: "Run `kedro-azureml emulator start`",
  });
}

export async function findEmulators(
  ctx: Machine & Pick<Context, "openNetwork">,
): Promise<readonly FoundEmulator[]> {
  const folder = emulatorsFolder(ctx);
  if (folder === undefined || await ctx.fs.stat(folder) === undefined) return [];
  const paths = (await Array.fromAsync(ctx.fs.walk(folder, () => true), ({ path }) => path))
    .filter((path) => path.endsWith(FILE));
  const all = await Promise.all(paths.map((path) => emulatorAt(ctx, path)));
  return all.filter((one) => one !== undefined).toSorted((a, b) => a.project < b.project ? -1 : 1);
}

/** The running emulator of a project; `undefined` if there is none, or the recorded one is gone. */
async function emulatorOf(
  ctx: Machine & Pick<Context, "openNetwork">,
  project: string,
): Promise<FoundEmulator | undefined> {
  const folder = await emulatorFolder(ctx, project);
  return folder === undefined ? undefined : await emulatorAt(ctx, join(folder, FILE));
}

async function emulatorAt(
  ctx: Machine & Pick<Context, "openNetwork">,
  path: string,
): Promise<FoundEmulator | undefined> {
  const record = await readRecord(ctx, path);
  const status = record && await ask(ctx, record, "GET", "status");
  return status && { ...record, workspaces: texts(status.workspaces), jobs: texts(status.jobs) };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

/** Asks an emulator to stop; returns whether it answered. */
export async function stopEmulator(
  ctx: Machine & Pick<Context, "openNetwork">,
  record: EmulatorRecord,
): Promise<boolean> {
  return await ask(ctx, record, "POST", "stop") !== undefined;
}

/** The path of the requests with which another process of the same user asks for the state of an emulator, or stops it. */
const CONTROL_PATH = "/emulator/";

/**
 * Answers another process of the same user that asks what an emulator runs, or that it stop; `undefined` for other
 * requests. The secret of the emulator's identity proves who asks.
 */
export function answerControl(
  request: Request,
  served: Promise<{ readonly emulator: Pick<Emulator, "identity" | "resources" | "workspaces"> }>,
  { stop }: { stop(): void },
): Promise<Response> | undefined {
  const { pathname } = new URL(request.url);
  if (!pathname.startsWith(CONTROL_PATH)) return undefined;
  return served.then(({ emulator }) => {
    const isKnown = request.headers.get("authorization") === `Bearer ${emulator.identity.secret}`;
    if (!isKnown) return new Response(null, { status: 401 });
    if (request.method === "POST" && pathname === `${CONTROL_PATH}stop`) stop();
    const going = emulator.resources("jobs").filter(({ properties }) => !isFinal(String(properties.status)));
    return Response.json({ workspaces: emulator.workspaces(), jobs: going.map(({ name }) => name) });
  });
}

async function ask(
  ctx: Pick<Context, "openNetwork" | "fs">,
  { origin, caFile, env }: EmulatorRecord,
  method: string,
  what: "status" | "stop",
): Promise<Fields | undefined> {
  if (await ctx.fs.stat(caFile) === undefined) return undefined;
  const headers = { authorization: `Bearer ${env.AZURE_CLIENT_SECRET}` };
  try {
    const network = ctx.openNetwork({ KEDRO_AZUREML_CA_FILE: caFile, NO_PROXY: "*" });
    const response = await network.fetch(
      new Request(`${origin}${CONTROL_PATH}${what}`, { method, headers, redirect: "manual" }),
    );
    const text = await response.text();
    return response.status === 200 ? fields(parsedJson(text)) : undefined;
  } catch {
    return undefined;
  }
}

async function readRecord(ctx: Machine, path: string): Promise<EmulatorRecord | undefined> {
  try {
    const { writableByOthers = false } = await ctx.fs.stat(path) ?? {};
    if (writableByOthers) return undefined;
    const record = JSON.parse(await ctx.fs.readText(path)) as Partial<EmulatorRecord>;
    const { hostname } = new URL(record.origin ?? "");
    const isWhole = hostname === "127.0.0.1" && typeof record.caFile === "string" &&
      typeof record.pages === "string" &&
      typeof record.project === "string" &&
      typeof record.env?.AZURE_CLIENT_SECRET === "string";
    return isWhole ? record as EmulatorRecord : undefined;
  } catch {
    return undefined;
  }
}

/** Explains failed requests to an emulator that has stopped but is still in the environment's variables. */
export function withEmulatorCheck<C extends Context>(ctx: C): C {
  const origin = ctx.env.KEDRO_AZUREML_EMULATOR;
  if (!origin) return ctx;
  return {
    ...ctx,
    async fetch(request: Request) {
      try {
        return await ctx.fetch(request);
      } catch (thrown) {
        const isItsFile = thrown instanceof UserError && thrown.code === "network.ca_file";
        const isItsPort = isConnectionError(thrown) && new URL(request.url).origin === origin;
        if (isItsFile || (isItsPort && !await isServed(ctx, origin))) throw gone(origin);
        throw thrown;
      }
    },
  };
}

export async function isServed({ probe }: Pick<Context, "probe">, origin: string): Promise<boolean> {
  const { hostname, port } = new URL(origin);
  return await probe.connect(hostname, Number(port)).then(() => true, () => false);
}

function gone(origin: string): UserError {
  return new UserError(
    `The emulator at ${origin} is no longer running, but this shell's variables refer to it`,
    {
      // emulator.gone: The variables of this shell refer to an emulator that has ended. Open a new shell.
      code: "emulator.gone",
      exit: ExitCode.Unavailable,
      hint:
        'To go back to Azure, open a new shell; to use a new emulator, run `kedro-azureml emulator start` and `eval "$(kedro-azureml emulator env)"`',
    },
  );
}
