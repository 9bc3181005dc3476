import { deepStrictEqual, rejects } from "node:assert/strict";
import { bytesLimit } from "../../../src/azureml/client/limits.ts";

/** Creates named tasks that run until `end()`. */
function createTasks() {
  const limit = bytesLimit(10);
  const running = new Map<string, PromiseWithResolvers<void>>();
  return {
    add(name: string, bytes: number): Promise<void> {
      return limit(bytes, () => {
        const ended = Promise.withResolvers<void>();
        running.set(name, ended);
        return ended.promise;
      });
    },
    async end(name: string, thrown?: Error): Promise<void> {
      const ended = running.get(name)!;
      running.delete(name);
      if (thrown === undefined) ended.resolve();
      else ended.reject(thrown);
      await runMicrotasks();
    },
    async names(): Promise<string[]> {
      await runMicrotasks();
      return [...running.keys()];
    },
  };
}

/** Waits until all pending microtasks have run. */
async function runMicrotasks(): Promise<void> {
  for (let at = 0; at < 20; at++) await Promise.resolve();
}

Deno.test("bytesLimit() starts tasks in order while their total size is within the limit", async () => {
  const { add, end, names } = createTasks();
  const all = [add("a", 4), add("b", 6), add("c", 1), add("d", 9)];
  deepStrictEqual(await names(), ["a", "b"]);
  await end("a");
  deepStrictEqual(await names(), ["b", "c"]);
  await end("b");
  deepStrictEqual(await names(), ["c", "d"]);
  await end("c");
  await end("d");
  await Promise.all(all);
});

Deno.test("bytesLimit() runs a task above the limit alone", async () => {
  const { add, end, names } = createTasks();
  const all = [add("small", 1), add("huge", 50), add("next", 1)];
  deepStrictEqual(await names(), ["small"]);
  await end("small");
  deepStrictEqual(await names(), ["huge"]);
  await end("huge");
  deepStrictEqual(await names(), ["next"]);
  await end("next");
  await Promise.all(all);
});

Deno.test("bytesLimit() starts the next task after a failure", async () => {
  const { add, end, names } = createTasks();
  const failing = rejects(add("fails", 10), /broken/);
  const next = add("next", 10);
  deepStrictEqual(await names(), ["fails"]);
  await end("fails", new Error("broken"));
  deepStrictEqual(await names(), ["next"]);
  await end("next");
  await Promise.all([failing, next]);
});
