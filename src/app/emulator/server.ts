import { isAbsolute, join } from "node:path";
import type { Context, Server } from "../../core/context.ts";
import { createCertificate } from "../../emulator/certificate.ts";
import { createEmulator } from "../../emulator/emulator.ts";
import { environmentOf } from "../../emulator/environment.ts";
import type { Outcome, Pace, Seed } from "../../emulator/world/options.ts";
import { ExitCode, UserError } from "../../core/errors.ts";

/** What the emulator tells when it is ready. */
export interface Ready {
  readonly origin: string;
  readonly caFile: string;
  readonly env: Readonly<Record<string, string>>;
}

/** How an emulator is served. */
export interface EmulatorServerOptions {
  /** As typed; a free one where it is absent. */
  readonly port?: string;
  /** Where the authority's certificate is written, against the current folder; a temporary file where it is absent. */
  readonly caFile?: string;
  readonly seed: Seed;
  /** Keys of steps that fail in every job. */
  readonly fail?: readonly string[];
}

/** An emulator that listens. */
export interface EmulatorServer {
  readonly ready: Ready;
  readonly finished: Promise<void>;
  /** Takes the certificate away. */
  cleanUp(): Promise<void>;
}

/** Quick enough to watch, slow enough to see. */
const PACE: Pace = { prepareMs: 1000, stepMs: 1500, parallelSteps: 2, cancelMs: 500 };

/**
 * Serves an emulator over HTTPS on the loopback interface, with a certificate whose authority lasts as long as it.
 *
 * @throws {UserError} `emulator.port` for a port that is none or is taken, `emulator.ca_file` where it cannot be written.
 */
export async function startEmulator(ctx: Context, options: EmulatorServerOptions): Promise<EmulatorServer> {
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
  const emulator = createEmulator({ origin, clock, random, pace: PACE, seed, outcome: outcomeOf(options) });
  const env = environmentOf({ origin, caFile, identity: emulator.identity });
  return { ready: { origin, caFile, env }, finished: server.finished, cleanUp };
}

function outcomeOf({ fail = [] }: EmulatorServerOptions): Outcome {
  return {
    failingSteps: Object.fromEntries(fail.map((step) => [step, "The emulator was asked to let it fail."])),
  };
}

async function listen(
  ctx: Context,
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
      `Cannot serve on port ${port}: ${isTaken ? "another program listens on it" : "it needs more rights"}`,
      thrown,
    );
  }
}

function portOf(typed: string | undefined): number {
  if (typed === undefined) return 0;
  if (/^\d{1,5}$/.test(typed) && Number(typed) <= 65535) return Number(typed);
  throw portError(`Cannot serve on port "${typed}": a port is a number from 0 to 65535`);
}

function portError(message: string, cause?: unknown): UserError {
  const hint = "Name another port with `--port`, or leave it out for a free one";
  return new UserError(message, { code: "emulator.port", exit: ExitCode.Usage, hint, cause });
}

/** A name that nobody foresees, in the system's own place for what does not last. */
function pathOf(ctx: Context, { caFile }: EmulatorServerOptions): string {
  if (caFile !== undefined) return isAbsolute(caFile) ? caFile : join(ctx.cwd, caFile);
  const folder = ctx.platform === "windows" ? ctx.home ?? ctx.cwd : "/tmp";
  return join(folder, `kedro-azureml-emulator-${ctx.random.uuid()}.pem`);
}

async function writeAuthority(ctx: Context, path: string, authority: string): Promise<void> {
  try {
    await ctx.fs.writeText(path, authority, { mode: 0o600 });
  } catch (cause) {
    throw new UserError(`Cannot write the certificate "${path}": the file system refused`, {
      code: "emulator.ca_file",
      exit: ExitCode.Usage,
      hint: "Name a file that can be written with `--ca-file`",
      cause,
    });
  }
}
