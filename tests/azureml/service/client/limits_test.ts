import { deepStrictEqual, rejects } from "node:assert/strict";
import { bytesLimit } from "../../../../src/azureml/service/client/limits.ts";

/** Tasks that run until they are ended, by name. */
function tasks() {
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
      await settled();
    },
    async names(): Promise<string[]> {
      await settled();
      return [...running.keys()];
    },
  };
}

/** Resolves after all that is ready has run. */
async function settled(): Promise<void> {
  for (let at = 0; at < 20; at++) await Promise.resolve();
}

Deno.test("Tasks run at once while they hold no more than the limit, in order", async () => {
  const { add, end, names } = tasks();
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

Deno.test("A task that holds more than the limit runs alone", async () => {
  const { add, end, names } = tasks();
  const all = [add("small", 1), add("huge", 50), add("next", 1)];
  deepStrictEqual(await names(), ["small"]);
  await end("small");
  deepStrictEqual(await names(), ["huge"]);
  await end("huge");
  deepStrictEqual(await names(), ["next"]);
  await end("next");
  await Promise.all(all);
});

Deno.test("A task that fails makes room for the next one", async () => {
  const { add, end, names } = tasks();
  const failing = rejects(add("fails", 10), /broken/);
  const next = add("next", 10);
  deepStrictEqual(await names(), ["fails"]);
  await end("fails", new Error("broken"));
  deepStrictEqual(await names(), ["next"]);
  await end("next");
  await Promise.all([failing, next]);
});
