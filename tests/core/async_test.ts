import { equal, rejects } from "node:assert/strict";
import { untilAborted } from "../../src/core/async.ts";

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
