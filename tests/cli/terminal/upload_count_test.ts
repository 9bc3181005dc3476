import assert from "node:assert/strict";
import { showEvents } from "../../../src/cli/terminal/events.ts";
import { openProgress } from "../../../src/cli/terminal/progress.ts";
import { fakeContext } from "../../fakes/context.ts";

Deno.test("showEvents() removes the count of uploaded files at the end", () => {
  const pinned: (string | undefined)[] = [];
  const fake = fakeContext({ interactive: true });
  const terminal: typeof fake.terminal = {
    ...fake.terminal,
    pin: (_, frame) => Promise.resolve(void pinned.push(frame?.({ columns: 80, rows: 24 })[0])),
  };
  const report = showEvents({ ...fake, terminal }, openProgress({ terminal }, {}), {});
  report({ type: "upload", name: "a.csv", files: 1, sentBytes: 7 });
  report({ type: "upload", name: "a.csv", files: 0, sentBytes: 0, isDone: true });
  assert.deepEqual(pinned, ["  Uploaded 1 file, 7 bytes: a.csv", undefined]);
  assert.equal(fake.stderr(), "");
});
