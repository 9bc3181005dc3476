/** Formats rows as aligned columns, two spaces apart; every line is trimmed and ends with a line break. */
export function tableText(rows: readonly (readonly string[])[]): string {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from(
    { length: count },
    (_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows.map((row) => `${row.map((cell, at) => cell.padEnd(widths[at]!)).join("  ").trimEnd()}\n`).join(
    "",
  );
}

/** Minimum length of a shortened cell. */
const SHORTEST = 8;

/**
 * Shortens the cells of one column so that no row is wider than the terminal.
 *
 * @param columns Width of the terminal; `undefined` if there is none, and then nothing is shortened.
 * @param at Index of the column to shorten.
 */
export function fitRows(
  rows: readonly (readonly string[])[],
  columns: number | undefined,
  at: number,
): readonly (readonly string[])[] {
  if (columns === undefined) return rows;
  const width = (index: number) => Math.max(0, ...rows.map((row) => row[index]?.length ?? 0));
  const others = (rows[0] ?? []).reduce((sum, _, index) => index === at ? sum : sum + width(index) + 2, 0);
  const left = Math.max(SHORTEST, columns - others);
  return rows.map((row) => row.map((cell, index) => index === at ? cut(cell, left) : cell));
}

/** Shortens text that is longer than `length` characters, ending it with `…`. */
export function cut(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, Math.max(0, length - 1)).join("")}…`;
}
