import { safePath } from "./exec.ts";
import type { PinnedLines, Terminal } from "../core/context.ts";
import { isCi } from "../core/env_vars.ts";

/** Something that bytes can be written to, such as `Deno.stdout`. */
interface Sink {
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
  const outIsTerminal = Deno.stdout.isTerminal();
  return {
    page: async (text) => outIsTerminal && await showInPager(text, env) ? undefined : writers.out(text),
    ...(errIsTerminal
      ? withPins(writers, { write: err, size: consoleSize })
      : { ...writers, pin: async () => {} }),
    color: errIsTerminal && outIsTerminal && !env.NO_COLOR && env.TERM !== "dumb",
    interactive: errIsTerminal && Deno.stdin.isTerminal() && !isCi(env),
    async question(text) {
      writeAll(Deno.stderr, text);
      return await firstLine();
    },
    columns: errIsTerminal ? consoleSize().columns : undefined,
    outColumns: outIsTerminal ? consoleSize().columns : undefined,
  };
}

/**
 * Shows a text that has more lines than the terminal in the program that PAGER names, by default `less`.
 *
 * @returns false if it is short, or there is no such program.
 */
async function showInPager(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const { PAGER: pager = "less", LESS = "FRX" } = env;
  const isLong = text.split("\n").length > consoleSize().rows;
  if (!isLong || pager === "" || Deno.build.os === "windows") return false;
  // The shell replaces itself, so that its status says whether there is such a program.
  const shell = new Deno.Command("sh", {
    args: ["-c", `exec ${pager}`],
    env: { LESS, ...safePath(env.PATH) },
    stdin: "piped",
  });
  try {
    const process = shell.spawn();
    const writer = process.stdin.getWriter();
    // A pager that is closed before the end of the text reads no further.
    await writer.write(new TextEncoder().encode(text)).then(() => writer.close()).catch(() => {});
    return ![126, 127].includes((await process.status).code);
  } catch {
    return false;
  }
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

/** What the live area is drawn with: a single writer to the terminal, and the terminal's current size. */
interface PinBoard {
  readonly write: (text: string) => void;
  readonly size: () => { readonly columns: number; readonly rows: number };
}

type Writers = Pick<Terminal, "out" | "err" | "command" | "pin">;

/** Wraps a terminal so that output scrolls above the pinned lines. Each change is drawn in a single write. */
export function withPins(writers: Pick<Terminal, "out" | "err">, board: PinBoard): Writers {
  const frames = new Map<string, PinnedLines>();
  let opening: Promise<Area> | undefined;
  let area: Area | undefined;
  const err = (text: string) => {
    if (area === undefined) return writers.err(text);
    area.print(text, linesOf(frames, board.size()));
  };
  const draw = () => area?.show(linesOf(frames, board.size()));
  return {
    out(text) {
      area?.clear();
      writers.out(text);
      draw();
    },
    err,
    command: (line) => err(`${line}\n`),
    async pin(name, frame) {
      if (frame !== undefined) frames.set(name, frame);
      else if (!frames.delete(name)) return;
      area = await (opening ??= openArea(board));
      draw();
    },
  };
}

/** The frames share the height; the last line is left for the cursor. */
function linesOf(
  frames: ReadonlyMap<string, PinnedLines>,
  { columns, rows }: ReturnType<PinBoard["size"]>,
): readonly string[] {
  const each = Math.max(1, Math.floor((rows - 1) / frames.size));
  return [...frames.values()].flatMap((frame) => frame({ columns, rows: each }));
}

type Area = Awaited<ReturnType<typeof openArea>>;

async function openArea({ write, size }: PinBoard) {
  const { createLogUpdate } = await import("log-update");
  let pending = "";
  let shown: readonly string[] = [];
  let width = size().columns;
  const stream = {
    isTTY: true,
    write: (text: string) => pending += text,
    get columns() {
      return size().columns;
    },
    get rows() {
      return size().rows;
    },
  };
  const render = createLogUpdate(stream as unknown as NodeJS.WritableStream, { showCursor: true });
  /** A terminal that became narrower has wrapped long lines, so the drawn area is now higher. */
  const clearWrapped = () => {
    const { columns } = size();
    const added = shown.reduce((sum, line) => sum + Math.max(0, Math.ceil(line.length / columns) - 1), 0);
    if (columns < width && added > 0) pending += `\x1b[${added}A\x1b[J`;
    width = columns;
  };
  const flush = () => {
    if (pending !== "") write(pending);
    pending = "";
  };
  const clear = () => {
    clearWrapped();
    render.clear();
    shown = [];
  };
  const show = (lines: readonly string[]) => {
    if (lines.length === 0) return clear();
    clearWrapped();
    render(lines.join("\n"));
    shown = lines;
  };
  return {
    show(lines: readonly string[]) {
      show(lines);
      flush();
    },
    clear() {
      clear();
      flush();
    },
    print(text: string, lines: readonly string[]) {
      clear();
      pending += text;
      show(lines);
      flush();
    },
  };
}
