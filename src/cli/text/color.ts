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

const CODE = / \[[a-z_]+\.[a-z0-9_]+\]$/;

function paintLine(line: string): string {
  const painted = line.replace(CODE, (code) => `\x1b[2m${code}${RESET}`);
  for (const [start, color] of COLORS) {
    const mark = start.exec(line)?.[0];
    if (mark !== undefined) return `${color}${mark}${RESET}${painted.slice(mark.length)}`;
  }
  return painted;
}

/** Marks, each with the statuses of jobs, steps, checks and credentials that it shows. */
const MARKS: Readonly<Record<string, readonly string[]>> = {
  "✓": ["Completed", "ok", "used"],
  "!": ["warned"],
  "✗": ["Failed", "Canceled", "NotResponding", "failed"],
  "·": ["skipped", "not_configured"],
};

export function markOf(status: string): string {
  return Object.entries(MARKS).find(([, shown]) => shown.includes(status))?.[0] ?? " ";
}
