import { deepEqual, equal, rejects } from "node:assert/strict";
import { once, onceEach, untilAborted } from "../../src/core/async.ts";

Deno.test("once() calls a function once, and onceEach() calls it once for each key", () => {
  const made: string[] = [];
  const make = (name: string) => (made.push(name), made.length);
  const [first, each] = [once(() => make("first")), onceEach(make, (name) => name.toLowerCase())];
  deepEqual([first(), first(), each("a"), each("b"), each("A")], [1, 1, 2, 3, 2]);
  deepEqual(made, ["first", "a", "b"]);
});

const never = new Promise<string>(() => {});
const isStop = (thrown: unknown) => thrown === "stop";

Deno.test("untilAborted() returns the result, or throws the reason as soon as the signal aborts", async () => {
  const stop = new AbortController();
  equal(await untilAborted(Promise.resolve("done"), stop.signal), "done");
  const waiting = untilAborted(never, stop.signal);
  stop.abort("stop");
  await rejects(waiting, isStop);
  await rejects(untilAborted(never, stop.signal), isStop);
});

Deno.test("untilAborted() stops listening to the signal when the work is done", async () => {
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  signal.addEventListener = (_: string, listener: unknown) => void listeners.add(listener);
  signal.removeEventListener = (_: string, listener: unknown) => void listeners.delete(listener);
  const work = untilAborted(Promise.resolve("done"), signal);
  equal(listeners.size, 1);
  await work;
  equal(listeners.size, 0);
});
