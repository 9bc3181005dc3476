import { type EdgeView, type GraphView, NODE } from "./view.ts";

/** A line from one node to another, by their indexes. */
export type Line = Pick<EdgeView, "from" | "to">;

/** Width of a line that goes through a row, and how many of these are placed; further lines are only begun and ended. */
const PASSAGE = { width: 20, most: 20_000 } as const;
const SWEEPS = 8;

/** Places each node in its row, close to its neighbors, and lines beside the nodes. Fast for any number of nodes. */
export function inRows(
  rows: readonly number[],
  lines: readonly Line[],
  gap: { readonly across: number; readonly down: number },
): GraphView {
  const places: { readonly row: number; readonly width: number; readonly bound: number[] }[] = rows.map((
    row,
  ) => ({ row, width: NODE.width + gap.across, bound: [] }));
  const bind = (one: number, other: number) => {
    places[one]!.bound.push(other);
    places[other]!.bound.push(one);
  };
  let left: number = PASSAGE.most;
  /** The passages of each line through the rows between its ends; `undefined` for one that is not drawn whole. */
  const passages = lines.map(({ from, to }) => {
    const between = rows[to]! - rows[from]! - 1;
    if (between < 0 || between > left) return undefined;
    left -= between;
    const own = Array.from({ length: between }, (_, at) => {
      places.push({ row: rows[from]! + 1 + at, width: PASSAGE.width, bound: [] });
      return places.length - 1;
    });
    [from, ...own].forEach((place, at) => bind(place, own[at] ?? to));
    return own;
  });
  const middles = middlesOf(places);
  const least = middles.reduce((least, x, at) => Math.min(least, x - places[at]!.width / 2), Infinity);
  const x = (place: number) => Math.round(middles[place]! - least);
  const top = (row: number) => row * (NODE.height + gap.down);
  const most = middles.reduce((most, x, at) => Math.max(most, x + places[at]!.width / 2), 0);
  return {
    width: Math.ceil(most - least),
    height: top(rows.reduce((most, row) => Math.max(most, row), 0)) + NODE.height,
    at: rows.map((row, node) => [x(node) - NODE.width / 2, top(row)] as const),
    edges: lines.map((line, at) => ({
      ...line,
      points: (passages[at] ?? []).flatMap((place) => {
        const y = top(places[place]!.row);
        return [x(place), y, x(place), y + NODE.height];
      }),
      ...passages[at] === undefined && { isFar: true as const },
    })),
  };
}

/** Computes the middle of each place by moving it toward its neighbors in sweeps up and down. */
function middlesOf(
  places: readonly { readonly row: number; readonly width: number; readonly bound: readonly number[] }[],
): readonly number[] {
  const byRow: number[][] = [];
  for (const [place, { row }] of places.entries()) (byRow[row] ??= []).push(place);
  const middles: number[] = [];
  const put = (row: readonly number[], around: number) => {
    let x = around - row.reduce((sum, place) => sum + places[place]!.width, 0) / 2;
    for (const place of row) {
      middles[place] = x + places[place]!.width / 2;
      x += places[place]!.width;
    }
  };
  for (const row of byRow) put(row, 0);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const row of sweep % 2 === 0 ? byRow : byRow.toReversed()) {
      const wanted = new Map(row.map((place) => {
        const { bound } = places[place]!;
        const sum = bound.reduce((sum, other) => sum + middles[other]!, 0);
        return [place, bound.length === 0 ? middles[place]! : sum / bound.length];
      }));
      row.sort((one, other) => wanted.get(one)! - wanted.get(other)!);
      put(row, row.reduce((sum, place) => sum + wanted.get(place)!, 0) / row.length);
    }
  }
  return middles;
}

/** Computes rows, from the top, without recursion. Azure ML rejects cycles; steps in one anyway stay in the first rows. */
export function rowsOf(count: number, lines: readonly Line[]): number[] {
  const rows = Array<number>(count).fill(0);
  const waits = Array<number>(count).fill(0);
  const below: number[][] = Array.from({ length: count }, () => []);
  for (const { from, to } of lines) {
    below[from]!.push(to);
    waits[to]!++;
  }
  const ready = waits.flatMap((left, at) => left === 0 ? [at] : []);
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    for (const to of below[next]!) {
      rows[to] = Math.max(rows[to]!, rows[next]! + 1);
      if (--waits[to]! === 0) ready.push(to);
    }
  }
  return rows;
}
