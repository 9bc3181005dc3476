/** Which part of all pairs is run; `.ci/everywhere` takes the day, so that in time every pair is met. */
const TURN = Number(Deno.env.get("TEST_TURN") ?? 0);

/** Pairs in which each row meets `each` columns, different ones, and each column about equally many rows. */
export function dealt<Row, Column>(
  rows: readonly Row[],
  columns: readonly Column[],
  each: number,
  turn = TURN,
): readonly (readonly [Row, Column])[] {
  return rows.flatMap((row, at) => dealtAt(at, columns, each, turn).map((column) => [row, column] as const));
}

/** The columns that the row at an index meets. */
export function dealtAt<Column>(
  at: number,
  columns: readonly Column[],
  each: number,
  turn = TURN,
): readonly Column[] {
  const taken = Math.min(each, columns.length);
  const apart = Math.floor(columns.length / taken);
  return Array.from({ length: taken }, (_, k) => columns[(at + turn + k * apart) % columns.length]!);
}
