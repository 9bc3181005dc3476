import { join } from "node:path";
import type { Context } from "../../core/context.ts";
import type { Emulator } from "../../emulator/emulator.ts";
import { PRIVATE_FILE, userFolders } from "../../core/user_folders.ts";

/** The URL of a running emulator, and what makes clients use it. */
export interface RunningEmulator {
  readonly origin: string;
  readonly caFile: string;
  /** Environment variables; one of them is the secret of its only identity. */
  readonly env: Readonly<Record<string, string>>;
}

/** A running emulator, as another process of the same user finds it. */
export interface EmulatorRecord extends RunningEmulator {
  /** Whether steps run on this machine. */
  readonly runsSteps: boolean;
  /** When it was started, in ISO 8601. */
  readonly startedAt: string;
  readonly version: string;
}

type Machine = Pick<Context, "env" | "home" | "platform" | "fs">;

/** The folder of what belongs to this user's running emulator; `undefined` without a home folder. */
export function emulatorFolder(ctx: Machine): string | undefined {
  const { KEDRO_AZUREML_EMULATOR: _, ...env } = ctx.env;
  const state = userFolders({ ...ctx, env })?.state;
  return state && join(state, "emulator");
}

function recordFile(ctx: Machine): string | undefined {
  const folder = emulatorFolder(ctx);
  return folder && join(folder, "running.json");
}

/** Records an emulator as the running one; `undefined` if another one is, or there is no writable home folder. */
export async function recordEmulator(
  ctx: Machine & Pick<Context, "openNetwork">,
  record: EmulatorRecord,
): Promise<{ remove(): Promise<void> } | undefined> {
  const path = recordFile(ctx);
  if (path === undefined || await findEmulator(ctx) !== undefined) return undefined;
  try {
    await ctx.fs.writeText(path, JSON.stringify(record, null, 2) + "\n", PRIVATE_FILE);
  } catch {
    // A home folder that cannot be written: the emulator is used by its variables only.
    return undefined;
  }
  return {
    async remove() {
      if ((await readRecord(ctx))?.origin === record.origin) await ctx.fs.remove(path);
    },
  };
}

/** This user's running emulator; `undefined` if there is none, or the recorded one is gone. */
export async function findEmulator(
  ctx: Machine & Pick<Context, "openNetwork">,
): Promise<EmulatorRecord | undefined> {
  const record = await readRecord(ctx);
  if (record === undefined) return undefined;
  return await ask(ctx, record, "GET", "status") ? record : undefined;
}

/** Asks an emulator to stop; returns whether it answered. */
export async function stopEmulator(
  ctx: Machine & Pick<Context, "openNetwork">,
  record: EmulatorRecord,
): Promise<boolean> {
  return await ask(ctx, record, "POST", "stop");
}

/** The path of the requests with which another process of the same user asks for the state of an emulator, or stops it. */
const CONTROL_PATH = "/emulator/";

/**
 * Answers another process of the same user that asks whether an emulator runs, or that it stop; `undefined` for other
 * requests. The secret of the emulator's identity proves who asks.
 */
export function answerControl(
  request: Request,
  served: Promise<{ readonly emulator: Pick<Emulator, "identity"> }>,
  { stop }: { stop(): void },
): Promise<Response> | undefined {
  const { pathname } = new URL(request.url);
  if (!pathname.startsWith(CONTROL_PATH)) return undefined;
  return served.then(({ emulator: { identity } }) => {
    const isKnown = request.headers.get("authorization") === `Bearer ${identity.secret}`;
    if (isKnown && request.method === "POST" && pathname === `${CONTROL_PATH}stop`) stop();
    return new Response(null, { status: isKnown ? 200 : 401 });
  });
}

async function ask(
  ctx: Pick<Context, "openNetwork" | "fs">,
  { origin, caFile, env }: EmulatorRecord,
  method: string,
  what: "status" | "stop",
): Promise<boolean> {
  if (await ctx.fs.stat(caFile) === undefined) return false;
  const headers = { authorization: `Bearer ${env.AZURE_CLIENT_SECRET}` };
  try {
    const network = ctx.openNetwork({ KEDRO_AZUREML_CA_FILE: caFile, NO_PROXY: "*" });
    const response = await network.fetch(
      new Request(`${origin}${CONTROL_PATH}${what}`, { method, headers, redirect: "manual" }),
    );
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}

async function readRecord(ctx: Machine): Promise<EmulatorRecord | undefined> {
  const path = recordFile(ctx);
  if (path === undefined) return undefined;
  try {
    const { writableByOthers = false } = await ctx.fs.stat(path) ?? {};
    if (writableByOthers) return undefined;
    const record = JSON.parse(await ctx.fs.readText(path)) as Partial<EmulatorRecord>;
    const { hostname } = new URL(record.origin ?? "");
    const isWhole = hostname === "127.0.0.1" && typeof record.caFile === "string" &&
      typeof record.env?.AZURE_CLIENT_SECRET === "string";
    return isWhole ? record as EmulatorRecord : undefined;
  } catch {
    return undefined;
  }
}
