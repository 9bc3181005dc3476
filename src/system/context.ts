import type { Clock, Context, Network, Random, Terminal } from "../core/context.ts";
import { exec } from "./exec.ts";
import { systemFs } from "./fs.ts";
import { LARGE_BYTES, listenToSignals } from "./signals.ts";
import { createResources, ISOLATION_FLAGS, V8_FLAGS } from "./reader_process.ts";
import { serve } from "./serve.ts";
import { systemTerminal } from "./terminal.ts";
import { createFetch } from "./fetch.ts";
import { systemProbe } from "./probe.ts";

/** Creates the real context; only this folder touches `Deno`. */
export function systemContext(): Context {
  const { signal, watch } = listenToSignals();
  const variables = Deno.env.toObject();
  const env = Deno.build.os === "windows" ? windowsVariables(variables) : variables;
  return {
    env,
    cwd: workingFolder(env),
    home: env.HOME || env.USERPROFILE,
    platform: Deno.build.os === "windows" || Deno.build.os === "darwin" ? Deno.build.os : "linux",
    fs: {
      ...systemFs,
      readText: async (path) => await watched(watch, await systemFs.readText(path)),
      readBytes: async (path, id) => await watched(watch, await systemFs.readBytes(path, id)),
    },
    exec,
    startAgain,
    serve,
    ...openNetwork(env),
    openNetwork,
    resources: createResources(),
    clock: systemClock,
    random,
    terminal: backgroundTerminal(env, systemTerminal(env)),
    signal,
  };
}

/** Returns what was read; a long text could take long to parse, so Ctrl+C must be heard before. */
async function watched<T extends string | Uint8Array>(watch: () => Promise<void>, read: T): Promise<T> {
  if (read.length > LARGE_BYTES) await watch();
  return read;
}

/** The folder the program was started in. If it no longer exists, the error is left to the first access to it. */
function workingFolder(env: Record<string, string>): string {
  try {
    return Deno.cwd();
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    return env.PWD ?? "/";
  }
}

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", stop);
        resolve();
      }, ms);
      signal?.addEventListener("abort", stop);
    }),
};

const random: Random = { uuid: () => crypto.randomUUID(), number: () => Math.random() };

/** Opens the real network with the proxies and certificate authorities that `env` names. */
function openNetwork(env: Context["env"]): Network {
  return { fetch: createFetch(env), probe: systemProbe };
}

/**
 * Environment variables as a program on Windows should read them. Names ignore case, and Python reads them in upper
 * case, so each variable is added by that name. `cmd` keeps the current folder of each drive in hidden variables such as
 * `=C:`, which are left out.
 */
export function windowsVariables(env: Readonly<Record<string, string>>): Record<string, string> {
  const named = Object.entries(env).filter(([name]) => name !== "" && !name.includes("="));
  const upper = named.map(([name, value]) => [name.toUpperCase(), value]);
  return { ...Object.fromEntries(upper), ...Object.fromEntries(named) };
}

/** Names the file that a program without a terminal prints to; only {@linkcode startAgain} sets it. */
const LOG_VARIABLE = "KEDRO_AZUREML_LOG";

/**
 * Starts this program again with other arguments, as a process that survives this one and Ctrl+C.
 *
 * @param log File that it appends its output to.
 * @returns Resolves with the exit code if it ends while this process waits for it.
 */
function startAgain(args: readonly string[], log: string): { readonly ended: Promise<number> } {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...ownArguments(), ...args],
    detached: true,
    env: { [LOG_VARIABLE]: log },
    // Never read or written. Not "null": a container may have no /dev/null.
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  child.unref();
  return { ended: child.status.then(({ code }) => code) };
}

/** What makes Deno run this program: nothing in the compiled one, its main module in the unpacked one or a checkout. */
function ownArguments(): readonly string[] {
  if (Deno.build.standalone) return [];
  const isolation = Deno.mainModule.endsWith(".ts") ? ["--quiet"] : ISOLATION_FLAGS;
  return ["run", ...isolation, "--allow-all", V8_FLAGS, Deno.mainModule];
}

/** A terminal that prints to the file that {@linkcode startAgain} chose; `terminal` itself in any other process. */
export function backgroundTerminal(env: Readonly<Record<string, string>>, terminal: Terminal): Terminal {
  const log = env[LOG_VARIABLE];
  if (log === undefined) return terminal;
  const print = (text: string) => Deno.writeTextFileSync(log, text, { append: true, mode: 0o600 });
  return { ...terminal, out: print, err: print };
}
