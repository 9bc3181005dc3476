import { equal, match } from "node:assert/strict";
import { openProgress, showUpload } from "../../../src/cli/terminal/progress.ts";
import { fakeContext, type FakeOptions } from "../../fakes/context.ts";

const MIB = 1024 * 1024;
const at = (files: number, mib: number) => ({
  name: "m.bin",
  files,
  totalFiles: 3,
  sentBytes: mib * MIB,
  totalBytes: 100 * MIB,
});

/** A context whose clock is moved by hand. */
function steppedContext(options: FakeOptions = {}) {
  const ctx = fakeContext(options);
  let ms = 0;
  let wake = () => {};
  const sleep = () => new Promise<void>((resolve) => wake = resolve);
  const clock = { now: () => new Date(ms), sleep };
  return {
    ctx: { ...ctx, clock },
    stderr: () => ctx.stderr(),
    pass: (more: number) => void (ms += more),
    /** Ends the sleep of the spinner, which then shows a frame. */
    async nextFrame() {
      wake();
      await Promise.resolve();
      return ctx.frames.at(-1)?.[1]?.trim();
    },
  };
}

Deno.test("an upload prints its rate and time left every 10 s", () => {
  const { ctx, stderr, pass } = steppedContext();
  const upload = showUpload(ctx, openProgress(ctx, {}), {});
  upload.show(at(0, 4));
  pass(9000);
  upload.show(at(1, 20));
  equal(stderr(), "");
  pass(1000);
  upload.show(at(1, 25));
  equal(stderr(), "  Uploading 1 of 3 files, 25.0 MiB of 100 MiB, 2.5 MiB/s, 30 s left\n");
  pass(1000);
  upload.show(at(3, 100));
  equal(stderr().split("\n").length, 2);
  pass(20_000);
  upload.show(at(1, 100));
  equal(stderr().split("\n").length, 2, "another upload starts");
});

Deno.test("an upload that starts over measures its rate again", () => {
  const { ctx, stderr, pass } = steppedContext();
  const upload = showUpload(ctx, openProgress(ctx, {}), {});
  upload.show(at(1, 50));
  pass(20_000);
  upload.show(at(0, 4));
  equal(stderr(), "");
  pass(10_000);
  upload.show(at(0, 10));
  match(stderr(), /10\.0 MiB of 100 MiB, 1\.0 MiB\/s/);
});

Deno.test("an upload shows its rate on a terminal after two seconds", async () => {
  const { ctx, nextFrame, pass } = steppedContext({ interactive: true });
  const upload = showUpload(ctx, openProgress(ctx, {}), {});
  upload.show(at(0, 4));
  pass(1900);
  equal(await nextFrame(), "Uploading 0 of 3 files, 4.0 MiB of 100 MiB");
  pass(100);
  equal(await nextFrame(), "Uploading 0 of 3 files, 4.0 MiB of 100 MiB, 2.0 MiB/s, 48 s left");
  upload.end();
});
