import type { Terminal } from "../core/context.ts";
import { isCi } from "../core/env_vars.ts";
import { withPins } from "./live_area.ts";

/** Something that bytes can be written to, such as `Deno.stdout`. */
export interface Sink {
  writeSync(bytes: Uint8Array): number;
}

/** Pause before the next attempt to write to a pipe that is full. */
const PAUSE_MS = 5;
/** Used if a terminal does not report its size. */
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/** The real terminal, or the files and pipes that take its place. */
export function systemTerminal(env: Readonly<Record<string, string | undefined>>): Terminal {
  const errIsTerminal = Deno.stderr.isTerminal();
  const err = (text: string) => {
    try {
      writeAll(Deno.stderr, text);
    } catch {
      // Messages that cannot be written (full disk, closed file) are no reason to stop the work.
    }
  };
  const writers = {
    out: (text: string) => writeAll(Deno.stdout, text),
    err,
    command: (line: string) => err(`${line}\n`),
  };
  return {
    ...(errIsTerminal
      ? withPins(writers, { write: err, size: consoleSize })
      : { ...writers, pin: async () => {} }),
    color: errIsTerminal && Deno.stdout.isTerminal() && !env.NO_COLOR && env.TERM !== "dumb",
    interactive: errIsTerminal && Deno.stdin.isTerminal() && !isCi(env),
    async question(text) {
      writeAll(Deno.stderr, text);
      return await firstLine();
    },
    columns: errIsTerminal ? consoleSize().columns : undefined,
    outColumns: Deno.stdout.isTerminal() ? consoleSize().columns : undefined,
  };
}

/** Writes a result without a {@linkcode Terminal}; returns whether it succeeded. */
export function tryPrint(text: string): boolean {
  try {
    writeAll(Deno.stdout, text);
    return true;
  } catch {
    return false;
  }
}

function consoleSize() {
  const { columns, rows } = Deno.consoleSize();
  return { columns: columns || DEFAULT_COLUMNS, rows: rows || DEFAULT_ROWS };
}

/** Reads one line of standard input and nothing after it; `undefined` at the end of the input. */
async function firstLine(): Promise<string | undefined> {
  const bytes: number[] = [];
  const next = new Uint8Array(1);
  for (;;) {
    const read = await Deno.stdin.read(next);
    if (read === null && bytes.length === 0) return undefined;
    if (read === null || next[0] === NEWLINE) break;
    bytes.push(next[0]!);
  }
  return new TextDecoder().decode(new Uint8Array(bytes)).replace(/\r$/, "");
}

const NEWLINE = 10;

/** Writes all of a text, even to a non-blocking pipe. A closed pipe (`| head`) is no error. */
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
