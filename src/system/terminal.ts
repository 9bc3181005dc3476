import type { Terminal } from "../context.ts";

/** Something that text can be written to, such as `Deno.stdout`. */
export interface Sink {
  writeSync(bytes: Uint8Array): number;
}

/** How long a reader that is slower than this program is left alone before the next attempt. */
const PAUSE_MS = 5;
/** Where columns are not known though there is a terminal. */
const USUAL_COLUMNS = 80;

/** The terminal, or the files and pipes in its place. */
export function systemTerminal(env: Readonly<Record<string, string | undefined>>): Terminal {
  const live = Deno.stderr.isTerminal();
  return {
    out: (text) => writeAll(Deno.stdout, text),
    err(text) {
      try {
        writeAll(Deno.stderr, text);
      } catch {
        // What goes on cannot be told (a full disk, a closed file), which is no reason to stop it.
      }
    },
    color: live && Deno.stdout.isTerminal() && !env.NO_COLOR && env.TERM !== "dumb",
    interactive: live && Deno.stdin.isTerminal() && !env.CI,
    columns: live ? Deno.consoleSize().columns || USUAL_COLUMNS : undefined,
  };
}

/** Writes text whole, even to a pipe that does not wait for its reader; a reader that has gone (`| head`) is no failure. */
export function writeAll(to: Sink, text: string): void {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(to.writeSync(bytes));
    } catch (thrown) {
      if (thrown instanceof Deno.errors.BrokenPipe) return;
      if (!(thrown instanceof Deno.errors.WouldBlock)) throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}
