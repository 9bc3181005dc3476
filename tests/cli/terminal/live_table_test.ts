import { deepEqual } from "node:assert/strict";
import type { Board } from "../../../src/azureml/runs/follow_job.ts";
import { openLiveTable } from "../../../src/cli/terminal/follow_events.ts";
import { fakeContext } from "../../fakes/context.ts";

const STARTED = new Date("2026-01-02T03:04:00Z");
const STEP = {
  key: "fit",
  label: "fit",
  status: "Running",
  startedAt: STARTED,
  needs: [],
  compute: undefined,
};

for (
  const [what, durationMs, steps, line] of [
    ["the duration of an ended job", 65_000, [], "  Running, 0 of 0 steps, 1 min 5 s: main"],
    ["the time since the first step started", undefined, [STEP], "  Running, 0 of 1 step, 5 s: main"],
    ["the time since it was opened", undefined, [], "  Running, 0 of 0 steps, less than 1 s: main"],
  ] as const
) {
  Deno.test(`the table of steps shows ${what}`, async () => {
    const ctx = fakeContext({ interactive: true });
    const board = { steps: () => steps, status: () => "Running", durationMs: () => durationMs };
    await openLiveTable(ctx, board as unknown as Board, { name: "fox", title: "main" }).draw();
    deepEqual(ctx.frames[0]!.slice(0, 2), ["fox", line]);
  });
}
