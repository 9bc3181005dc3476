import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { V8_FLAGS } from "./reader_process.ts";

/**
 * Starts this program again with other arguments, as a process that survives this one and Ctrl+C.
 *
 * @param log File that its output is appended to, created for its owner only.
 * @returns Resolves with the exit code if it ends while this process waits for it.
 */
export function startAgain(args: readonly string[], log: string): { readonly ended: Promise<number> } {
  const output = openSync(log, "a", 0o600);
  const main = new URL("../../main.ts", import.meta.url).href;
  const words = Deno.build.standalone ? args : ["run", "--quiet", "-A", V8_FLAGS, main, ...args];
  const child = spawn(Deno.execPath(), words, {
    detached: true,
    windowsHide: true,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  const { promise, resolve } = Promise.withResolvers<number>();
  child.on("exit", (code) => resolve(code ?? 1));
  child.on("error", () => resolve(127));
  child.unref();
  return { ended: promise };
}
