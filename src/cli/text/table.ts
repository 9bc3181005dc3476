/**
 * Formats rows as aligned columns, two spaces apart; every line is trimmed and ends with a line break.
 *
 * @param columns Width of the terminal; if rows of three or more cells are wider, their first cell has its own line.
 */
export function tableText(rows: readonly (readonly string[])[], columns = Infinity): string {
  const text = aligned(rows);
  if (widthOf(text) <= columns || rows.every(({ length }) => length < 3)) return text;
  const rest = aligned(rows.map((row) => row.slice(1))).split("\n");
  return rows.map(([first = ""], at) => `${first}\n${rest[at] === "" ? "" : `    ${rest[at]}\n`}`).join("");
}

export function widthOf(text: string): number {
  return Math.max(...text.split("\n").map(lengthOf));
}

function aligned(rows: readonly (readonly string[])[]): string {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from(
    { length: count },
    (_, at) => Math.max(...rows.map((row) => lengthOf(row[at] ?? ""))),
  );
  const lines = rows.map((row) => row.map((cell, at) => cell + " ".repeat(widths[at]! - lengthOf(cell))));
  return lines.map((cells) => `${cells.join("  ").trimEnd()}\n`).join("");
}

/** Number of code points; `length` counts an emoji as two. */
function lengthOf(text: string): number {
  return [...text].length;
}
