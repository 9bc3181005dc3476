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

/** Shortens text that is longer than `length` characters, ending it with `…`. */
export function cut(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, Math.max(0, length - 1)).join("")}…`;
}
