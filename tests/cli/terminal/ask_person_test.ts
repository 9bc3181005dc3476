import { equal, rejects } from "node:assert/strict";
import { ask } from "../../../src/cli/terminal/ask_person.ts";
import { fakeContext } from "../../fakes/context.ts";

/** Asks on a terminal that gives this answer, or none. */
function asking(answer: Promise<string | undefined>) {
  const stop = new AbortController();
  const ctx = fakeContext({ signal: stop.signal });
  return { stop, asked: ask({ ...ctx, terminal: { ...ctx.terminal, question: () => answer } }, "Which? ") };
}

Deno.test("ask() returns the answer, or undefined at the end of the input", async () => {
  equal(await asking(Promise.resolve("main")).asked, "main");
  equal(await asking(Promise.resolve(undefined)).asked, undefined);
});

Deno.test("ask() stops waiting on Ctrl+C", async () => {
  const { stop, asked } = asking(new Promise(() => {}));
  stop.abort("SIGINT");
  await rejects(asked, (thrown) => thrown === "SIGINT");
});
