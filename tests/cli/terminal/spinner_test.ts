import { deepEqual, equal } from "node:assert/strict";
import { fakeContext } from "../../fakes/context.ts";
import { startSpinner } from "../../../src/cli/terminal/spinner.ts";

/** Creates a terminal whose clock sleeps until `wake()`. */
function slowTerminal(options: { readonly color?: boolean; readonly env?: Record<string, string> } = {}) {
  const ctx = fakeContext({ interactive: true, ...options });
  const wakes: (() => void)[] = [];
  const sleeps: number[] = [];
  const clock = {
    ...ctx.clock,
    sleep(ms: number, signal?: AbortSignal) {
      sleeps.push(ms);
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

Deno.test("startSpinner() shows a spinner after 300 ms until it is stopped", async () => {
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

Deno.test("startSpinner() shows nothing for work within 300 ms", async () => {
  const { ctx, frames, wake } = slowTerminal({ color: true });
  startSpinner(ctx, "Reading the project", {})();
  await wake();
  deepEqual(frames, []);
});

for (const [what, options, json] of [["CI", { env: { CI: "1" } }, false], ["--json", {}, true]] as const) {
  Deno.test(`startSpinner() shows nothing with ${what}`, () => {
    const { ctx, sleeps } = slowTerminal(options);
    startSpinner(ctx, "Reading the project", { json });
    deepEqual(sleeps, []);
  });
}
