import { deepEqual, equal } from "node:assert/strict";
import { fakeContext } from "../../fakes/context.ts";
import { startLongWork, startSpinner } from "../../../src/cli/terminal/progress.ts";

/** Creates a terminal whose clock sleeps until `wake()`, without taking time unless `takesTime`. */
function slowTerminal({ takesTime = false, ...options }: {
  readonly color?: boolean;
  readonly env?: Record<string, string>;
  readonly interactive?: boolean;
  readonly takesTime?: boolean;
} = {}) {
  const ctx = fakeContext({ interactive: true, ...options });
  const wakes: (() => void)[] = [];
  const sleeps: number[] = [];
  const clock = {
    ...ctx.clock,
    sleep(ms: number, signal?: AbortSignal) {
      sleeps.push(ms);
      if (takesTime) ctx.clock.sleep(ms);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      signal?.addEventListener("abort", () => reject(signal.reason));
      wakes.push(resolve);
      return promise;
    },
  };
  const wake = async () => {
    wakes.shift()?.();
    await new Promise((done) => queueMicrotask(() => done(undefined)));
  };
  return { ctx: { ...ctx, clock }, frames: ctx.frames, sleeps, wake };
}

Deno.test("a spinner appears after 300 ms", async () => {
  const { ctx, frames, sleeps, wake } = slowTerminal({ color: true });
  const stop = startSpinner(ctx, "Reading the project", {});
  deepEqual([sleeps, frames], [[300], []]);
  await wake();
  await wake();
  deepEqual(frames, [["spinner", "⠋ Reading the project"], ["spinner", "⠙ Reading the project"]]);
  stop();
  await wake();
  equal(frames.length, 2);
});

for (
  const [what, options, json] of [["in CI", { env: { CI: "1" } }, false], ["with --json", {}, true]] as const
) {
  Deno.test(`a spinner does not appear ${what}`, () => {
    const { ctx, sleeps } = slowTerminal(options);
    startSpinner(ctx, "Reading the project", { json });
    deepEqual(sleeps, []);
  });
}

Deno.test("a spinner shows the elapsed seconds", async () => {
  const { ctx, frames, sleeps, wake } = slowTerminal({ takesTime: true });
  const stop = startSpinner(ctx, "Reading the project", {});
  await wake();
  await wake();
  stop();
  deepEqual(frames, [["spinner", "  Reading the project"], ["spinner", "  Reading the project (1 s)"]]);
  deepEqual(sleeps, [300, 1000, 1000]);
});

Deno.test("long work prints the elapsed time every 30 s outside a terminal", async () => {
  const { ctx, frames, sleeps, wake } = slowTerminal({ interactive: false, takesTime: true });
  const said: unknown[] = [];
  const say = (text: string, data: unknown) => void said.push([text, data]);
  const stop = startLongWork(ctx, () => "Installing", { progress: { say } });
  deepEqual(said, []);
  await wake();
  await wake();
  stop();
  await wake();
  deepEqual(said, [
    ["  Installing (30 s)", { type: "working", text: "Installing", elapsedMs: 30_000 }],
    ["  Installing (1 min)", { type: "working", text: "Installing", elapsedMs: 60_000 }],
  ]);
  deepEqual([sleeps, frames], [[30_000, 30_000, 30_000], []]);
});
