import { ok } from "node:assert/strict";

const SIZE = 50_000;

/** Requires that eight times the input takes about eight times as long, not 64 times; retries on a busy machine. */
export function requireLinearTime(run: (size: number) => void): void {
  const timeOf = (size: number) => {
    const start = performance.now();
    run(size);
    return performance.now() - start;
  };
  run(SIZE);
  let best = Infinity;
  for (let attempt = 0; attempt < 10 && best > 20; attempt++) {
    const short = timeOf(SIZE) + timeOf(SIZE) + 1;
    best = Math.min(best, 2 * timeOf(8 * SIZE) / short);
  }
  ok(best < 40, `${8 * SIZE} characters take ${Math.round(best)} times as long as ${SIZE}`);
}
