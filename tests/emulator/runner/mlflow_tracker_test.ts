import assert from "node:assert/strict";
import type { Exit } from "../../../src/core/context.ts";
import { createTracker } from "../../../src/emulator/runner/mlflow_tracker.ts";
import { createWorld, jobKey, type JobRecord, type World } from "../../../src/emulator/state/world.ts";
import { exited, fakeContext } from "../../fakes/context.ts";
import { clockAndRandom } from "../../fakes/emulator.ts";
import { WORKSPACE } from "../../fakes/seed.ts";

/** Creates a tracker on a machine whose Python ends like this. */
function trackerOf(python: Partial<Exit>) {
  const world: World = createWorld({
    ...clockAndRandom(),
    clock: fakeContext().clock,
    seed: { workspaces: [WORKSPACE] },
  });
  const [workspace] = world.workspaces.values();
  const job = {
    name: "j1",
    workspace,
    experimentName: "shop",
    submittedAt: 5,
    runIds: new Map([["load", "r1"], ["train", "r2"]]),
  } as unknown as JobRecord;
  const properties = { displayName: "Nightly", jobs: { load: {}, train: { display_name: "Train it" } } };
  world.resources.set(jobKey(job), { id: jobKey(job), properties } as never);
  const runs: unknown[] = [];
  let count = 0;
  let [now, most] = [0, 0];
  const exec = async (program: string, _: readonly string[], options?: { readonly stdin?: string }) => {
    if (program !== "env") {
      return exited();
    }
    count++;
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve));
    now--;
    runs.push(...JSON.parse(options!.stdin!).runs);
    return exited(python);
  };
  const tracker = createTracker(world, { ...fakeContext(), exec }, { folder: "/state" });
  return { prepare: () => tracker.prepare(job), runs, count: () => count, most: () => most };
}

Deno.test("MLflow has a run for a job and each step", async () => {
  const { prepare, runs } = trackerOf({ stdout: "some warning\n7\n" });
  const { uri, experimentId } = (await prepare())!;
  assert.match(uri, /^sqlite:\/\/\/\/state\//);
  assert.equal(experimentId, "7");
  const root = { "mlflow.rootRunId": "j1", "mlflow.user": "emulator" };
  const step = { ...root, "mlflow.parentRunId": "j1" };
  assert.deepEqual(runs, [
    { id: "j1", name: "Nightly", tags: root },
    { id: "r1", name: "load", tags: step },
    { id: "r2", name: "Train it", tags: step },
  ]);
});

for (
  const [what, python] of [
    ["has no MLflow", { status: 3 }],
    ["cannot be started by env", { status: 127 }],
    ["is missing", { status: 1, found: false }],
  ] as const
) {
  Deno.test(`steps are not tracked if Python ${what}`, async () => {
    const { prepare, count } = trackerOf(python);
    assert.deepEqual([await prepare(), await prepare(), count()], [undefined, undefined, 1]);
  });
}

Deno.test("MLflow's runs are created for one job after the other", async () => {
  for (const python of [{ stdout: "7\n" }, { status: 1, stderr: "no" }]) {
    const { prepare, count, most } = trackerOf(python);
    await Promise.allSettled([prepare(), prepare()]);
    assert.deepEqual([count(), most()], [2, 1]);
  }
});

Deno.test("an error of MLflow has the last line of its output", async () => {
  const { prepare, count } = trackerOf({ status: 1, stderr: "Traceback\nOSError: disk full\n" });
  await assert.rejects(prepare(), { message: "OSError: disk full" });
  await assert.rejects(prepare(), { message: "OSError: disk full" });
  assert.equal(count(), 2);
  await assert.rejects(trackerOf({ status: 9 }).prepare(), { message: "exit status 9" });
});
