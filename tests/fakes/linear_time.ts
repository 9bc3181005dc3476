import { ok } from "node:assert/strict";

/** Requires that eight times the input takes about eight times as long, not 64 times. */
export function requireLinearTime(run: (size: number) => void): void {
  const SIZE = 50_000;
  const timeOf = (size: number) => {
    const times = [1, 2, 3].map(() => {
      const start = performance.now();
      run(size);
      return performance.now() - start;
    });
    return Math.min(...times);
  };
  run(SIZE);
  const [short, long] = [timeOf(SIZE), timeOf(8 * SIZE)];
  ok(long < 30 * short + 50, `${SIZE} characters: ${short} ms, ${8 * SIZE}: ${long} ms`);
}
