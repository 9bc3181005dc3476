import { deepEqual, equal } from "node:assert/strict";
import { makeWorld, type World } from "../world.ts";
import { fetchNested } from "./tracked.ts";

/** What `job compare --json` says of runs that these commands submitted. */
async function compared(world: Parameters<typeof makeWorld>[0], submits: readonly string[], runs: string) {
  const { ctx, kedroAzureml, printed } = makeWorld(world);
  for (const line of submits) equal(await kedroAzureml(`submit ${line} --wait`), 0, ctx.stderr());
  return JSON.parse(await printed(`job compare ${runs} --json`));
}

Deno.test("job compare shows the metrics of each step", async () => {
  const tracked = {
    clean: { metrics: { mae: [1], worst: [NaN] } },
    count: { metrics: { mae: [2] }, params: { alpha: "1" } },
  };
  const submits = ["main --name fox", "main --name owl", "main --nodes clean --name elk"];
  const world = { emulator: { outcome: { tracked } } };
  const same = await compared(world, submits, "fox owl");
  deepEqual(same.metrics, [
    { step: "clean", metric: "mae", values: [1, 1], change: 0 },
    { step: "clean", metric: "worst", values: ["NaN", "NaN"] },
    { step: "count", metric: "mae", values: [2, 2], change: 0 },
  ]);
  deepEqual([same.changes, same.steps.map(({ node }: { node: string }) => node)], [[], ["clean", "count"]]);
  const less = await compared(world, submits, "elk fox owl");
  deepEqual(less.metrics, [
    { step: "count", metric: "mae", values: [null, 2, 2] },
    { step: "clean", metric: "mae", values: [1, 1, 1], change: 0 },
    { step: "clean", metric: "worst", values: ["NaN", "NaN", "NaN"] },
  ]);
  deepEqual(less.steps, [
    { node: "clean", statuses: Array(3).fill("Completed"), durationsMs: [2250, 2250, 2250] },
    { node: "count", statuses: [null, "Completed", "Completed"], durationsMs: [null, 2250, 2250] },
  ]);
  deepEqual(
    less.runs.map(({ name, durationMs }: Record<string, unknown>) => [name, durationMs]),
    [["elk", 5000], ["fox", 8000], ["owl", 8000]],
  );
});

Deno.test("job compare shows metrics of runs nested in a step", async () => {
  const world: World = makeWorld({
    emulator: { outcome: { tracked: { count: { metrics: { mae: [1.5] } } } } },
    fetch: (request) => fetchNested(world.azure, request),
  });
  const { kedroAzureml, printed } = world;
  for (const name of ["fox", "owl"]) equal(await kedroAzureml(`submit main --name ${name} --wait`), 0);
  const { changes, metrics } = JSON.parse(await printed("job compare fox owl --json"));
  deepEqual(
    changes.map(({ aspect, name, steps }: Record<string, unknown>) => [aspect, name, steps]),
    [["logged parameter", "fold 1 > fold of", ["count"]]],
  );
  deepEqual(metrics.map(({ step, metric }: Record<string, unknown>) => [step, metric]), [
    ["count", "mae"],
    ["count > fold 1", 'mae "dev", mean'],
  ]);
});
