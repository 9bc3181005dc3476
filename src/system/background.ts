import { appendFileSync } from "node:fs";
import type { Terminal } from "../core/context.ts";
import { ISOLATION_FLAGS, V8_FLAGS } from "./reader_process.ts";

/** Names the file that a program without a terminal prints to; only {@linkcode startAgain} sets it. */
const LOG_VARIABLE = "KEDRO_AZUREML_LOG";

/**
 * Starts this program again with other arguments, as a process that survives this one and Ctrl+C.
 *
 * @param log File that it appends its output to.
 * @returns Resolves with the exit code if it ends while this process waits for it.
 */
export function startAgain(args: readonly string[], log: string): { readonly ended: Promise<number> } {
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
  const print = (text: string) => appendFileSync(log, text, { mode: 0o600 });
  return { ...terminal, out: print, err: print };
}
