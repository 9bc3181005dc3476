/** Rows as columns that stand below each other, two spaces apart; the last column is not filled up. */
export function tableText(rows: readonly (readonly string[])[]): string {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from(
    { length: count },
    (_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows.map((row) =>
    `${row.map((cell, at) => at === row.length - 1 ? cell : cell.padEnd(widths[at]!)).join("  ")}\n`
  ).join("");
}
