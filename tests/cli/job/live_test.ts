import type { StepState } from "../../../src/core/run.ts";
import { deepStrictEqual, equal, match, ok } from "node:assert/strict";
import { liveLines } from "../../../src/cli/terminal/follow_events.ts";
import { SIGNED_IN } from "../../fakes/seed.ts";
import { makeWorld } from "../world.ts";

const NOW = new Date("2026-01-01T00:01:00Z");

function step(label: string, status: string, startedAt?: Date): StepState {
  return { key: label, label, status, compute: "cpu", startedAt, endedAt: undefined, needs: [] };
}

function draw(steps: readonly StepState[], columns: number, rows: number): string[] {
  return liveLines({ title: "main", status: "Running", steps, elapsedMs: 61_000 }, {
    columns,
    rows,
    now: NOW,
  });
}

Deno.test("liveLines() shows the most relevant of 200 steps and counts the rest", () => {
  const steps = Array.from(
    { length: 200 },
    (_, at) =>
      step(
        `branch_${at}.a_rather_long_name_of_a_node`,
        at === 3 ? "Failed" : at < 100 ? "Completed" : at < 104 ? "Running" : "Waiting",
      ),
  );
  const lines = draw(steps, 80, 10);
  equal(lines.length, 10);
  deepStrictEqual(lines.slice(1, -1).map((line) => line.split(".")[0]), [
    ...["✓ branch_0", "✓ branch_1", "✓ branch_2", "✗ branch_3"],
    ...["▸ branch_100", "▸ branch_101", "▸ branch_102", "▸ branch_103"],
  ]);
  equal(lines.at(-1), "  … 192 more: 96 completed, 96 waiting");
  for (let rows = 1; rows < 30; rows++) {
    for (const columns of [10, 20, 40, 57, 80, 200]) {
      const drawn = draw(steps, columns, rows);
      ok(drawn.length <= rows, `${drawn.length} lines in ${rows}`);
      for (const line of drawn) ok(line.length < columns, `"${line}" in ${columns} columns`);
    }
  }
});

Deno.test("submit --wait-for-completion on a terminal shows a table and keeps its last state", async () => {
  const { ctx, kedroAzureml } = makeWorld({ interactive: true });
  equal(await kedroAzureml("submit -j main --wait-for-completion"), 0);
  const frames = ctx.frames.filter(([name]) => name !== "count").map(([, ...lines]) => lines.join("\n"));
  ok(
    frames.some((frame) => /▸ clean +Running/.test(frame) && / count +Waiting/.test(frame)),
    frames.join("\n\n"),
  );
  match(ctx.stderr(), /Completed, 2 of 2 steps, .*\n✓ clean +Completed +2 s +cpu-cluster\n✓ count/);
  ok(!/clean: Running/.test(ctx.stderr()));
});

Deno.test("submit --wait-for-completion prints lines in CI and on a dumb terminal", async () => {
  for (const env of [{ CI: "true" }, { TERM: "dumb" }]) {
    const { ctx, kedroAzureml } = makeWorld({ interactive: true, env: { ...SIGNED_IN, ...env } });
    equal(await kedroAzureml("submit -j main --wait-for-completion"), 0);
    match(ctx.stderr(), /clean: Running/);
  }
});
