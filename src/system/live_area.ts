import type { PinnedLines, Terminal } from "../core/context.ts";

/** What pinned lines are drawn with: one writer of the terminal, and its size as it is now. */
export interface PinBoard {
  readonly write: (text: string) => void;
  readonly size: () => { readonly columns: number; readonly rows: number };
}

type Writers = Pick<Terminal, "out" | "err" | "command" | "pin">;

/** Lets everything that is said pass above the lines that are pinned; what changes is drawn in one write. */
export function withPins(writers: Pick<Terminal, "out" | "err">, board: PinBoard): Writers {
  const frames = new Map<string, PinnedLines>();
  let opening: Promise<Area> | undefined;
  let area: Area | undefined;
  const err = (text: string) => {
    if (area === undefined) return writers.err(text);
    area.say(text, linesOf(frames, board.size()));
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

/** The frames share the height; the last line is the cursor's. */
function linesOf(
  frames: ReadonlyMap<string, PinnedLines>,
  { columns, rows }: ReturnType<PinBoard["size"]>,
): readonly string[] {
  const each = Math.max(1, Math.floor((rows - 1) / Math.max(1, frames.size)));
  return [...frames.values()].flatMap((frame) => frame({ columns, rows: each }));
}

/** The lower part of a terminal. */
interface Area {
  show(lines: readonly string[]): void;
  clear(): void;
  /** Says something above lines. */
  say(text: string, lines: readonly string[]): void;
}

async function openArea({ write, size }: PinBoard): Promise<Area> {
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
  /** A terminal that became narrower has broken long lines in two: what was drawn is higher than it was. */
  const heedWidth = () => {
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
    heedWidth();
    if (shown.length > 0) render.clear();
    shown = [];
  };
  const show = (lines: readonly string[]) => {
    if (lines.length === 0) return clear();
    heedWidth();
    render(lines.join("\n"));
    shown = lines;
  };
  return {
    show(lines) {
      show(lines);
      flush();
    },
    clear() {
      clear();
      flush();
    },
    say(text, lines) {
      clear();
      pending += text;
      show(lines);
      flush();
    },
  };
}
