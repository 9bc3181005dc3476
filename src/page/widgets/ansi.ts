import { trimEnd } from "../../core/format.ts";
/** A piece of text in one style; `style` is a list of class names. */
interface Span {
  readonly text: string;
  readonly style: string;
}

/** Terminal escape sequences; those that style text end in `m`. */
const ESCAPE =
  // deno-lint-ignore no-control-regex -- ESC begins them
  /\x1b(?:\[([0-9;:]*)([ -/]*[@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|.?)/gs;
/** Control characters, and characters that change the direction of text. */
// deno-lint-ignore no-control-regex -- these are what must not pass
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** Splits a line into pieces of one style each; other escape sequences are removed. Pure. */
export function spansOf(line: string): readonly Span[] {
  const spans: Span[] = [];
  let style: Style = {};
  let from = 0;
  const add = (text: string) => {
    if (text === "") return;
    spans.push({ text: text.replace(CONTROL, "\ufffd"), style: classesOf(style) });
  };
  for (const escape of line.matchAll(ESCAPE)) {
    add(line.slice(from, escape.index));
    from = escape.index + escape[0].length;
    if (escape[2] === "m") style = styled(style, escape[1] ?? "");
  }
  add(line.slice(from));
  return spans;
}

/** The lines of a log. Of text overwritten with carriage returns, such as progress bars, the last is kept. */
export function linesOf(text: string): readonly string[] {
  const lines = text.replace(/\n$/, "").split("\n");
  return lines.map((line) => {
    const bare = trimEnd(line, "\r");
    return bare.slice(bare.lastIndexOf("\r") + 1);
  });
}

interface Style {
  readonly color?: number | undefined;
  readonly isBold?: boolean;
  readonly isDim?: boolean;
}

function styled(before: Style, codes: string): Style {
  let style = before;
  const numbers = codes.split(/[;:]/).map(Number);
  for (let at = 0; at < numbers.length; at++) {
    const code = numbers[at]!;
    if (code === 0) style = {};
    else if (code === 1) style = { ...style, isBold: true };
    else if (code === 2) style = { ...style, isDim: true };
    else if (code === 22) style = { ...style, isBold: false, isDim: false };
    else if (code === 39) style = { ...style, color: undefined };
    else if (code >= 30 && code <= 37) style = { ...style, color: code - 30 };
    else if (code >= 90 && code <= 97) style = { ...style, color: code - 90 };
    else if (code === 38 || code === 48) {
      const kind = numbers[at + 1];
      if (code === 38 && kind === 5) style = { ...style, color: nearest(numbers[at + 2] ?? 0) };
      at += kind === 5 ? 2 : kind === 2 ? 4 : 0;
    }
  }
  return style;
}

/** Maps one of 256 colors to one of the eight; grays have none. */
function nearest(color: number): number | undefined {
  if (color < 16) return color % 8;
  if (color > 231) return undefined;
  const cube = color - 16;
  const [red, green, blue] = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6];
  const most = Math.max(red, green, blue);
  if (most - Math.min(red, green, blue) < 2) return undefined;
  return [red, green, blue].reduce((sum, part, bit) => sum + (part > most / 2 ? 1 << bit : 0), 0);
}

function classesOf({ color, isBold, isDim }: Style): string {
  return [color === undefined ? "" : `ansi${color}`, isBold ? "bold" : "", isDim ? "dim" : ""]
    .filter((name) => name !== "").join(" ");
}
