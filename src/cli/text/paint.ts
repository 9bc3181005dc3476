const RESET = "\x1b[0m";

/** Colors by the mark or word at the start of a line; without color, the text still says the same. */
const COLORS: readonly (readonly [RegExp, string])[] = [
  [/^\s*(✓|created\b|submitted\b)/, "\x1b[32m"],
  [/^\s*(✗|error:)/, "\x1b[31m"],
  [/^\s*(!|warning:)/, "\x1b[33m"],
  [/^\s*hint:/, "\x1b[36m"],
  [/^\s*·/, "\x1b[2m"],
];

/** Colors the mark or word that starts each line; only for terminals. */
export function paint(text: string): string {
  return text.split("\n").map(paintLine).join("\n");
}

function paintLine(line: string): string {
  for (const [start, color] of COLORS) {
    const mark = start.exec(line)?.[0];
    if (mark !== undefined) return `${color}${mark}${RESET}${line.slice(mark.length)}`;
  }
  return line;
}

/** The mark of a step or job, by its status. */
export function markOf(status: string): string {
  return { Completed: "✓", Failed: "✗", Canceled: "✗", NotResponding: "✗" }[status] ?? " ";
}
