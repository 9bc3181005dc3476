import type { PinnedLines, Terminal } from "../core/context.ts";

/** What the live area is drawn with: a single writer to the terminal, and the terminal's current size. */
export interface PinBoard {
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

/** The live area at the bottom of the terminal. */
interface Area {
  show(lines: readonly string[]): void;
  clear(): void;
  /** Prints text above the lines. */
  print(text: string, lines: readonly string[]): void;
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
    show(lines) {
      show(lines);
      flush();
    },
    clear() {
      clear();
      flush();
    },
    print(text, lines) {
      clear();
      pending += text;
      show(lines);
      flush();
    },
  };
}
