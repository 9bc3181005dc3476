import { act } from "preact/test-utils";

/** Steps of promises that a request of the page may take. */
const MOST_STEPS = 20;

/** Does something, and waits until the page has drawn what became of it. */
export async function settled(run: () => void): Promise<void> {
  await act(() => void run());
  await act(async () => {
    for (let step = 0; step < MOST_STEPS; step++) await Promise.resolve();
  });
}

/** A clock that only a test advances, with the timers of a browser. */
export function createTimers(startMs: number) {
  let now = startMs;
  let count = 0;
  const waiting = new Map<
    number,
    { readonly at: number; readonly run: () => void; readonly every?: number }
  >();
  const clear = (id: number) => void waiting.delete(id);
  const start = (run: () => void, ms: number, every?: number) => {
    waiting.set(++count, { at: now + ms, run, ...(every !== undefined && { every }) });
    return count;
  };
  return {
    globals: {
      setTimeout: (run: () => void, ms: number) => start(run, ms),
      setInterval: (run: () => void, ms: number) => start(run, ms, ms),
      clearTimeout: clear,
      clearInterval: clear,
      performance: { now: () => now },
      Date: class extends Date {
        static override now = () => now;
      },
    },
    /** How many intervals there are. */
    count: () => [...waiting.values()].filter(({ every }) => every !== undefined).length,
    /** Runs what is due within some time, one after the other. */
    async advance(ms: number): Promise<void> {
      const end = now + ms;
      for (;;) {
        const [next] = [...waiting].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at);
        if (next === undefined) break;
        const [id, { at, run, every }] = next;
        now = at;
        if (every === undefined) waiting.delete(id);
        else waiting.set(id, { at: at + every, run, every });
        await settled(run);
      }
      now = end;
    },
  };
}
