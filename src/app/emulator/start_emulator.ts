import { join, resolve } from "node:path";
import { AUTHORITY_HEADER } from "../../azureml/job/code/own_outputs.ts";
import { once } from "../../core/async.ts";
import type { Server } from "../../core/context.ts";
import { UserError } from "../../core/errors.ts";
import { PRIVATE_FILE, requireOwn, userFolders } from "../../core/files.ts";
import { loadCloud } from "../../core/net/clouds.ts";
import { createCertificate } from "../../emulator/certificate.ts";
import { createEmulator, type CreateOptions, type Emulator } from "../../emulator/emulator.ts";
import type { RunnerOptions } from "../../emulator/runner/runner.ts";
import { openDisk } from "../../emulator/state/disk.ts";
import { openJournal, usingState } from "../../emulator/state/journal.ts";
import type { Seed } from "../../emulator/state/options.ts";
import type { AppContext } from "../context.ts";
import { isForeignFile, makeMarkedFolder, withWriteErrors } from "../output_files.ts";
import { refuseOtherHost, serveOn } from "../ui/guard.ts";
import { createEmulatorPage } from "./page.ts";
import { answerControl, isServed } from "./running.ts";
import { behaviorOf, environmentOf } from "./use.ts";

type ServerContext = Omit<AppContext, "report">;

export type EmulatorServer = Awaited<ReturnType<typeof startEmulator>>;

/**
 * Serves an emulator over HTTPS on the loopback interface, with a certificate authority created for this server.
 *
 * @throws {UserError} `emulator.port` if the port is in use, `emulator.ca_file` if the certificate cannot be written,
 *   `emulator.state_in_use`.
 */
export async function startEmulator(
  ctx: ServerContext,
  options: Parameters<typeof behaviorOf>[0] & {
    /** Port (default: a free port). */
    readonly port?: number | undefined;
    /** File for the CA certificate (default: in the state folder, or in the user's cache). */
    readonly caFile?: string | undefined;
    readonly seed: Seed;
    /** Folder to store all data in (default: data is lost when the emulator stops). */
    readonly state?: string | undefined;
  },
) {
  const { seed, port = 0, caFile: _, state: __, ...behavior } = options;
  const folder = options.state === undefined ? undefined : resolve(ctx.cwd, options.state);
  const state = folder === undefined ? undefined : await openStateFolder(ctx, folder);
  const { authority, certificate, key } = await createCertificate(ctx.clock.now());
  const caFile = await caFileOf(ctx, options, folder);
  await writeAuthority(ctx, caFile, authority);
  const opened = Promise.withResolvers<Handlers>();
  const stop = new AbortController();
  const signal = AbortSignal.any([ctx.signal, stop.signal]);
  let server: Server;
  let pageServer: Server;
  try {
    server = await serveOn(
      ctx,
      (request) =>
        answerControl(request, opened.promise, {
          stop: () => void ctx.clock.sleep(STOP_AFTER_MS).then(() => stop.abort()),
        }) ?? answer(request, opened.promise, "emulator"),
      {
        port,
        tls: { certificate, key },
        signal,
        knows: async (request) => (await opened.promise).emulator.knows(request),
        // emulator.port: The port is invalid or in use. Choose another with `--port`.
        code: "emulator.port",
      },
    );
    // Browsers warn of the certificate, so pages are not encrypted; they do not leave this machine.
    pageServer = await serveOn(ctx, (request) => answer(request, opened.promise, "page"), {
      signal,
      code: "emulator.port",
    });
  } catch (thrown) {
    stop.abort();
    await ctx.fs.remove(caFile);
    throw thrown;
  }
  const origin = `https://127.0.0.1:${server.port}`;
  const pages = `http://127.0.0.1:${pageServer.port}`;
  await state?.lock(server.port);
  const created = {
    ...behaviorOf(behavior),
    ...await serverOptions(ctx, origin, { seed, run: behavior.run }, folder),
    studio: pages,
  };
  const emulator = await usingState(folder ?? "", () => createEmulator(created));
  const env = environmentOf({ origin, caFile, identity: emulator.identity });
  const goingOn = new Map<string, number>();
  const openPage = once(async () => {
    const cloud = await loadCloud({ ...ctx, signal, env, fetch: (request) => emulator.fetch(request) });
    return createEmulatorPage({ ...ctx, signal, emulator, cloud, goingOn });
  });
  opened.resolve({ emulator, page: async (request) => await (await openPage())(request) });
  return {
    ready: { origin, pages, caFile, env },
    finished: Promise.all([server.finished, pageServer.finished]).then(() => {}),
    fetch: (request: Request) => emulator.fetch(request),
    async cleanUp() {
      // Pages that are open learn how their runs ended.
      for (let isAnswered = goingOn.size === 0; !isAnswered && !signal.aborted;) {
        const since = ctx.clock.now().getTime() - ASKS_AGAIN_MS;
        isAnswered = [...goingOn.values()].every((at) => at < since);
        await ctx.clock.sleep(STOP_AFTER_MS);
      }
      await emulator.close();
      stop.abort();
      await Promise.all([server.finished, pageServer.finished]);
      await ctx.fs.remove(caFile);
      await state?.release();
    },
  };
}

async function serverOptions(
  ctx: ServerContext,
  origin: string,
  { run, seed }: { readonly run: RunnerOptions | undefined; readonly seed: Seed },
  folder: string | undefined,
): Promise<CreateOptions> {
  const { clock, random, fs } = ctx;
  const stored = folder === undefined ? undefined : openDisk(fs, folder);
  const disk = stored ?? (run && { fs, folder: run.folder });
  const journal = stored && await openJournal(stored, origin);
  return {
    origin,
    clock,
    random,
    seed: { secret: random.uuid(), ...seed },
    ...(run && { run: { ...run, machine: ctx } }),
    ...(disk && { disk }),
    ...(journal && { maps: journal.maps, flush: journal.flush }),
  };
}

interface Handlers {
  readonly emulator: Emulator;
  readonly page: ReturnType<typeof createEmulatorPage>;
}

/** Time for a response to arrive before the server stops. */
const STOP_AFTER_MS = 50;
/** Time in which a page that is open asks again. */
const ASKS_AGAIN_MS = 5000;

async function answer(
  request: Request,
  handlers: Promise<Handlers>,
  from: keyof Handlers,
): Promise<Response> {
  const refusal = refuseOtherHost(request);
  if (refusal !== undefined) return refusal;
  const { emulator, page } = await handlers;
  if (from === "emulator") return await emulator.fetch(request);
  return await page(request) ?? new Response("There is no such page.\n", { status: 404 });
}

/** The given file, else one in the state folder, else one in the user's own folder: anybody could replace one in /tmp. */
async function caFileOf(
  ctx: ServerContext,
  { caFile }: { readonly caFile?: string | undefined },
  state: string | undefined,
): Promise<string> {
  if (caFile !== undefined) return resolve(ctx.cwd, caFile);
  if (state !== undefined) return join(state, "ca.pem");
  const cache = userFolders(ctx)?.cache;
  if (cache !== undefined) await requireOwn(ctx, cache);
  return join(cache ?? ctx.cwd, `emulator-${ctx.random.uuid()}.pem`);
}

async function writeAuthority(ctx: ServerContext, path: string, authority: string): Promise<void> {
  if (await isForeignFile(ctx, path)) {
    throw new UserError(`"${path}" already exists, and is not a certificate of the emulator`, {
      // emulator.ca_file: The file for the emulator's certificate is another one. Choose a new file with
      //   `--ca-file`.
      code: "emulator.ca_file",
      hint: "Choose another file with `--ca-file`",
    });
  }
  const machine = await machineAuthorities(ctx);
  await withWriteErrors(
    ctx,
    path,
    () => ctx.fs.writeText(path, `${AUTHORITY_HEADER}\n${authority}${machine}`, PRIVATE_FILE),
  );
}

/** Where Linux distributions and macOS keep the authorities that they trust. */
const AUTHORITY_FILES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * The authorities that this machine trusts, for clients such as pip that trust one file only: with the emulator's
 * variables they still reach other servers. Empty where there is no such file, as on Windows.
 */
async function machineAuthorities({ env, fs }: Pick<AppContext, "env" | "fs">): Promise<string> {
  for (const path of [env.SSL_CERT_FILE, env.REQUESTS_CA_BUNDLE, ...AUTHORITY_FILES]) {
    if (!path || (await fs.stat(path))?.kind !== "file") continue;
    const text = await fs.readText(path);
    return `\n# Authorities that this machine trusts (${path})\n${text}`;
  }
  return "";
}

/**
 * Opens a state folder for one emulator.
 *
 * @throws {UserError} `emulator.state_in_use` if another emulator is using it; `emulator.state` if it is a file.
 */
export async function openStateFolder(
  ctx: ServerContext,
  folder: string,
): Promise<{
  /** Records the port, so that no other emulator uses the folder at the same time. */
  lock(port: number): Promise<void>;
  release(): Promise<void>;
}> {
  if ((await ctx.fs.stat(folder))?.kind === "file") {
    throw new UserError(`Cannot keep the state in "${folder}": it is a file`, {
      // emulator.state: The state folder is a file, or its journal is damaged. Name another folder.
      code: "emulator.state",
      hint: "Use `--state` with a folder",
    });
  }
  const { fs } = openDisk(ctx.fs, folder);
  const file = join(folder, "lock");
  const { sizeBytes = 0 } = await fs.stat(file) ?? {};
  const port = sizeBytes > 0 && sizeBytes < 10 ? Number(await fs.readText(file)) : NaN;
  if (Number.isInteger(port) && await isServed(ctx, `https://127.0.0.1:${port}`)) {
    throw new UserError(`The state in "${folder}" is used by an emulator on port ${port}`, {
      // emulator.state_in_use: Another emulator uses the state folder. Stop it, or choose another folder.
      code: "emulator.state_in_use",
      hint: `Wait until its job ends or stop it, or choose another folder; if none runs, remove ${file}`,
    });
  }
  await makeMarkedFolder(ctx, folder);
  return {
    lock: (port) => fs.writeText(file, String(port), PRIVATE_FILE),
    release: () => fs.remove(file),
  };
}
