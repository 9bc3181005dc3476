import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert/strict";
import { refuseName, replacing, whenFree } from "../../src/system/fs.ts";

const HELD = new Error(
  "The process cannot access the file because it is being used by another process. (os error 32): open 'C:\\a'",
);
const DENIED = new Deno.errors.PermissionDenied("Access is denied. (os error 5): rename 'C:\\a' -> 'C:\\b'");

/** Creates an action that fails `times` times, and records the waits between attempts. */
function failingAction(times: number, error: Error) {
  const waits: number[] = [];
  let count = 0;
  const action = async () => {
    if (count++ < times) throw error;
    return count;
  };
  return { action, waits, wait: async (ms: number) => void waits.push(ms) };
}

Deno.test("whenFree() waits until another program closes a file", async () => {
  const { action, waits, wait } = failingAction(3, HELD);
  strictEqual(await whenFree(action, { isWindows: true, wait }), 4);
  deepStrictEqual(waits, [10, 20, 40]);
});

Deno.test("whenFree() gives up after a second", async () => {
  const { action, waits, wait } = failingAction(100, HELD);
  await rejects(whenFree(action, { isWindows: true, wait }), HELD);
  strictEqual(waits.reduce((sum, ms) => sum + ms), 1010);
});

Deno.test("whenFree() retries a denied rename on Windows", async () => {
  const moved = failingAction(1, DENIED);
  strictEqual(await whenFree(moved.action, { moves: true, isWindows: true, wait: moved.wait }), 2);
  const read = failingAction(1, DENIED);
  await rejects(whenFree(read.action, { isWindows: true, wait: read.wait }), DENIED);
  const linux = failingAction(1, HELD);
  await rejects(whenFree(linux.action, { moves: true, isWindows: false, wait: linux.wait }), HELD);
  deepStrictEqual([...read.waits, ...linux.waits], []);
});

Deno.test("replacing() names a file that another program has open", async () => {
  for (const error of [HELD, DENIED]) {
    await rejects(replacing("C:\\b", () => Promise.reject(error), true), {
      code: "file.in_use",
      message: 'Cannot replace "C:\\b": another program has it open, or it is read-only',
      hint: "Close that program, or choose another file",
    });
    await rejects(replacing("/b", () => Promise.reject(error), false), error);
  }
  const other = new Deno.errors.NotFound("x");
  await rejects(replacing("C:\\b", () => Promise.reject(other), true), other);
});

Deno.test("refuseName() rejects device names on Windows", () => {
  throws(() => refuseName("C:\\a\\con.yaml", true), {
    code: "file.name",
    exit: 2,
    message: 'Cannot write "C:\\a\\con.yaml": "con.yaml" is the name of a device on Windows',
    hint: "Choose another name",
  });
  refuseName("C:\\a\\b.yaml", true);
  refuseName("/a/con.yaml", false);
});
