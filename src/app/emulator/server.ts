import { isAbsolute, join } from "node:path";
import type { Server } from "../../core/context.ts";
import type { AppContext } from "../context.ts";
import { createCertificate } from "../../emulator/certificate.ts";
import { createEmulator, type CreateOptions, type Emulator } from "../../emulator/emulator.ts";
import { environmentOf } from "../../emulator/environment.ts";
import type { RunnerOptions } from "../../emulator/runner/runner.ts";
import type { Outcome, Pace, Seed } from "../../emulator/world/options.ts";
import { ExitCode, UserError } from "../../core/errors.ts";

/** The addresses and variables of a running emulator. */
export interface RunningEmulator {
  readonly origin: string;
  readonly caFile: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Options of serving an emulator. */
export interface EmulatorServerOptions {
  /** As typed (default: a free port). */
  readonly port?: string;
  /** File for the certificate of the authority, relative to the current folder (default: a temporary file). */
  readonly caFile?: string;
  readonly seed: Seed;
  /** Keys of steps that fail in every job. */
  readonly fail?: readonly string[];
  /** Whether writes of users need multi-factor authentication. */
  readonly demandMfa?: boolean;
  /** How steps are run on this machine (default: they are simulated). */
  readonly run?: RunnerOptions;
}

/** An emulator that listens. */
export interface EmulatorServer {
  readonly ready: RunningEmulator;
  readonly finished: Promise<void>;
  /** Answers a request without the network. */
  fetch(request: Request): Promise<Response>;
  /** Stops the steps that run, and removes the certificate file. */
  cleanUp(): Promise<void>;
}

/** Milliseconds of each phase: fast enough to wait for, slow enough to see. */
const PACE: Pace = { prepareMs: 1000, stepMs: 1500, parallelSteps: 2, cancelMs: 500 };

/**
 * Serves an emulator over HTTPS on the loopback interface, with a certificate whose authority lasts as long as it.
 *
 * @throws {UserError} `emulator.port` for a port that is none or is taken, `emulator.ca_file` where it cannot be written.
 */
export async function startEmulator(
  ctx: Omit<AppContext, "report">,
  options: EmulatorServerOptions,
): Promise<EmulatorServer> {
  const { authority, certificate, key } = await createCertificate(ctx.clock.now());
  const caFile = pathOf(ctx, options);
  const port = portOf(options.port);
  await writeAuthority(ctx, caFile, authority);
  const opened = Promise.withResolvers<Emulator>();
  let server: Server;
  try {
    const handler = async (request: Request) => (await opened.promise).fetch(request);
    server = await listen(ctx, port, { certificate, key }, handler);
  } catch (thrown) {
    await ctx.fs.remove(caFile);
    throw thrown;
  }
  const origin = `https://127.0.0.1:${server.port}`;
  const emulator = createEmulator(emulatorOptions(ctx, origin, options));
  opened.resolve(emulator);
  return {
    ready: { origin, caFile, env: environmentOf({ origin, caFile, identity: emulator.identity }) },
    finished: server.finished,
    fetch: (request) => emulator.fetch(request),
    async cleanUp() {
      await emulator.close();
      await ctx.fs.remove(caFile);
    },
  };
}

function emulatorOptions(
  ctx: Omit<AppContext, "report">,
  origin: string,
  options: EmulatorServerOptions,
): CreateOptions {
  const { clock, random } = ctx;
  const { run, demandMfa = false } = options;
  return {
    origin,
    clock,
    random,
    pace: PACE,
    seed: { secret: random.uuid(), ...options.seed },
    outcome: outcomeOf(options),
    demandsMfa: demandMfa,
    ...(run && { run: { ...run, machine: ctx }, disk: { fs: ctx.fs, folder: run.folder } }),
  };
}

function outcomeOf({ fail = [] }: EmulatorServerOptions): Outcome {
  return {
    failingSteps: Object.fromEntries(fail.map((step) => [step, "This step was told to fail (`--fail`)."])),
  };
}

async function listen(
  ctx: Omit<AppContext, "report">,
  port: number,
  tls: { readonly certificate: string; readonly key: string },
  handler: (request: Request) => Promise<Response>,
): Promise<Server> {
  try {
    return await ctx.serve(handler, { port, tls, signal: ctx.signal });
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.AddrInUse || thrown instanceof Deno.errors.PermissionDenied)) {
      throw thrown;
    }
    const isTaken = thrown instanceof Deno.errors.AddrInUse;
    throw portError(
      `Cannot serve on port ${port}: ${isTaken ? "another program uses it" : "permission denied"}`,
      thrown,
    );
  }
}

function portOf(typed: string | undefined): number {
  if (typed === undefined) return 0;
  if (/^\d{1,5}$/.test(typed) && Number(typed) <= 65535) return Number(typed);
  throw portError(`Invalid port "${typed}": use a number from 0 to 65535`);
}

function portError(message: string, cause?: unknown): UserError {
  const hint = "Choose another port with `--port`, or omit it for a free one";
  return new UserError(message, { code: "emulator.port", exit: ExitCode.Usage, hint, cause });
}

/** An unpredictable name in the temporary folder of the system. */
function pathOf(ctx: Omit<AppContext, "report">, { caFile }: EmulatorServerOptions): string {
  if (caFile !== undefined) return isAbsolute(caFile) ? caFile : join(ctx.cwd, caFile);
  const folder = ctx.platform === "windows" ? ctx.home ?? ctx.cwd : "/tmp";
  return join(folder, `kedro-azureml-emulator-${ctx.random.uuid()}.pem`);
}

async function writeAuthority(
  ctx: Omit<AppContext, "report">,
  path: string,
  authority: string,
): Promise<void> {
  try {
    await ctx.fs.writeText(path, authority, { mode: 0o600 });
  } catch (cause) {
    throw new UserError(`Cannot write the certificate to "${path}"`, {
      code: "emulator.ca_file",
      exit: ExitCode.Usage,
      hint: "Choose a writable file with `--ca-file`",
      cause,
    });
  }
}
