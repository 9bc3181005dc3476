import { isAbsolute, join } from "node:path";
import type { Server } from "../../core/context.ts";
import type { AppContext } from "../context.ts";
import { createCertificate } from "../../emulator/certificate.ts";
import { createEmulator } from "../../emulator/emulator.ts";
import { environmentOf } from "../../emulator/environment.ts";
import type { Outcome, Pace, Seed } from "../../emulator/world/options.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { compareJobs } from "../report/compare.ts";
import { lastNodeRuns } from "../report/node_runs.ts";
import { writeWithAssets } from "../report/write.ts";

/** The URL of a running emulator and the environment variables that select it. */
export interface RunningEmulator {
  readonly origin: string;
  readonly caFile: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Options of the emulator's server. */
export interface EmulatorServerOptions {
  /** Port, as typed (default: a free port). */
  readonly port?: string;
  /** File to write the certificate authority to, relative to the current folder (default: a temporary file). */
  readonly caFile?: string;
  readonly seed: Seed;
  /** Keys of steps that fail in every job. */
  readonly fail?: readonly string[];
  /** Whether users need multi-factor authentication to change anything. */
  readonly demandMfa?: boolean;
}

/** A running emulator. */
export interface EmulatorServer {
  readonly ready: RunningEmulator;
  readonly finished: Promise<void>;
  /** Removes the certificate file. */
  cleanUp(): Promise<void>;
}

/** Duration of each phase in milliseconds: short enough to wait for, long enough to see. */
const PACE: Pace = { prepareMs: 1000, stepMs: 1500, parallelSteps: 2, cancelMs: 500 };

/**
 * Serves an emulator over HTTPS on the loopback interface, with a certificate authority created for this server.
 *
 * @throws {UserError} `emulator.port` for an invalid or used port, `emulator.ca_file` if the certificate cannot be
 *   written.
 */
export async function startEmulator(
  ctx: Omit<AppContext, "report">,
  options: EmulatorServerOptions,
): Promise<EmulatorServer> {
  const { authority, certificate, key } = await createCertificate(ctx.clock.now());
  const caFile = pathOf(ctx, options);
  const cleanUp = () => ctx.fs.remove(caFile);
  const port = portOf(options.port);
  await writeAuthority(ctx, caFile, authority);
  let server: Server;
  try {
    server = await listen(ctx, port, { certificate, key }, (request) => emulator.fetch(request));
  } catch (thrown) {
    await cleanUp();
    throw thrown;
  }
  const origin = `https://127.0.0.1:${server.port}`;
  const { clock, random } = ctx;
  const seed = { secret: random.uuid(), ...options.seed };
  const demandsMfa = options.demandMfa ?? false;
  const outcome = outcomeOf(options);
  const page = { write: writeWithAssets, compare: compareJobs, nodeRuns: lastNodeRuns };
  const emulator = createEmulator({ origin, clock, random, pace: PACE, seed, outcome, demandsMfa, page });
  const env = environmentOf({ origin, caFile, identity: emulator.identity });
  return { ready: { origin, caFile, env }, finished: server.finished, cleanUp };
}

function outcomeOf({ fail = [] }: EmulatorServerOptions): Outcome {
  return {
    failingSteps: Object.fromEntries(fail.map((step) => [step, "The emulator was told to fail this step."])),
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
      `Cannot serve on port ${port}: ${isTaken ? "it is already in use" : "permission denied"}`,
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

/** The given file, or one with an unpredictable name in the system's temporary folder. */
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
