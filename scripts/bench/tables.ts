/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((text, at) => Math.max(text.length, 3, ...rows.map((row) => row[at]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** Milliseconds as seconds. */
export function seconds(ms: number | undefined): string {
  if (ms === undefined) return "–";
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** How many times as long theirs took. */
export function ratio(theirs: number | undefined, ours: number): string {
  return theirs === undefined ? "–" : `${(theirs / ours).toFixed(1)}×`;
}

/** Bytes as whole mebibytes. */
export function mebibytes(bytes: number | undefined): string {
  return bytes === undefined ? "not measured" : `${Math.round(bytes / 2 ** 20)} MiB`;
}
