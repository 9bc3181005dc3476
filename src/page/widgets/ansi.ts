import Anser, { type AnserJsonEntry } from "anser";
import { isPackageFrame, linesOf, unwrappedLines, withShortPaths } from "../../core/python_log.ts";

/** Terminal escape sequences; those that style text end in `m`. */
const ESCAPE =
  // deno-lint-ignore no-control-regex -- ESC begins them
  /\x1b(?:\[([0-9;:]*)([ -/]*[@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|.?)/gs;
/** Control characters, and characters that change the direction of text. */
// deno-lint-ignore no-control-regex -- these are what must not pass
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** Splits a line into pieces of one style each; other escape sequences are removed. Pure. */
export function spansOf(line: string) {
  if (line === "") return [];
  if (!line.includes("\x1b")) return [{ text: harmless(line) }];
  const styled = line.replace(ESCAPE, (escape, _, end) => end === "m" ? escape : "");
  return Anser.ansiToJson(styled, { json: true, remove_empty: true, use_classes: true }).map((piece) => {
    const style = styleOf(piece);
    const text = harmless(piece.content);
    return Object.keys(style).length === 0 ? { text } : { text, style };
  });
}

/** A line without styles. */
export function plainText(line: string): string {
  return spansOf(line).map(({ text }) => text).join("");
}

function harmless(text: string): string {
  return text.replace(CONTROL, "\ufffd");
}

const DECORATIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  bold: { "font-weight": "600" },
  dim: { opacity: "0.75" },
  italic: { "font-style": "italic" },
  underline: { "text-decoration": "underline" },
  strikethrough: { "text-decoration": "line-through" },
};

function styleOf(
  { fg, bg, fg_truecolor, bg_truecolor, decorations }: AnserJsonEntry,
): Record<string, string> {
  const [color, ground] = [colorOf(fg, fg_truecolor), colorOf(bg, bg_truecolor)];
  return {
    // Both themes must be able to show it; on a ground, only the color of text is sure to be read.
    ...color !== undefined && ground === undefined &&
      { color: color.startsWith("var") ? color : mixed(color, 60, "var(--text)") },
    ...ground !== undefined && { background: mixed(ground, 30, "transparent") },
    ...Object.assign({}, ...decorations.map((name) => DECORATIONS[name])),
  };
}

function mixed(color: string, percent: number, other: string): string {
  return `color-mix(in srgb, ${color} ${percent}%, ${other})`;
}

/** The eight colors of a terminal, and those of the theme for them. */
const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const COLORS = ["text-dim", "failed", "completed", "queued", "running", "accent", "running", "text"];

const themed = (index: number) => `var(--${COLORS[index]})`;

/** A color of the terminal for CSS: one of eight that the theme has, or its red, green and blue parts. */
function colorOf(name: string | null, parts: string | null): string | undefined {
  if (!name) return undefined;
  if (name === "ansi-truecolor") return parts === null ? undefined : `rgb(${parts})`;
  const palette = /^ansi-palette-(\d+)$/.exec(name)?.[1];
  if (palette === undefined) return themed(NAMES.indexOf(name.slice(name.lastIndexOf("-") + 1)));
  const index = Number(palette);
  if (index < 16) return themed(index % 8);
  const cube = index - 16;
  const levels = index > 231
    ? Array<number>(3).fill(8 + 10 * (index - 232))
    : [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((level) => level && 55 + 40 * level);
  return `rgb(${levels.join(", ")})`;
}

export interface LogLine {
  readonly text: string;
  /** Index of its line in the log; absent if that is the one of the line above. */
  readonly at?: number;
  /** Instead of a text: frames of packages, which are folded. */
  readonly frames?: readonly LogLine[];
}

/** The lines of a log without what rich adds to them, with short paths, and with the frames of packages folded. Pure. */
export function readableLines(text: string): readonly LogLine[] {
  const shown: LogLine[] = [];
  let frames: LogLine[] = [];
  let packages: string[] = [];
  const end = () => {
    if (frames.length > FEW) {
      const text = `${packages.length} frames of ${[...new Set(packages)].join(", ")}`;
      shown.push({ ...frames[0]!, text, frames });
    } else shown.push(...frames);
    [frames, packages] = [[], []];
  };
  let before = -1;
  for (const [at, line] of unwrappedLines(linesOf(text))) {
    const isFrame = isPackageFrame(line);
    if (isFrame) packages.push(PACKAGE.exec(line)?.slice(1).join("") || "Python");
    const isInside = isFrame || frames.length > 0 && line.startsWith("    ");
    if (!isInside) end();
    (isInside ? frames : shown).push({ text: withShortPaths(line), ...at !== before && { at } });
    before = at;
  }
  end();
  return shown;
}

/** Lines of frames that are not worth folding. */
const FEW = 2;
const PACKAGE = /\/(?:site|dist)-packages\/([^/]+)\/|^ {2}in (\w+)\./;
