import { deepEqual, equal, match } from "node:assert/strict";
import { renderRun } from "../../../src/cli/commands/job_show.ts";
import { makeWorld } from "../world.ts";

Deno.test("job show prints a failure that two steps share once, with one hint, and the steps that did not run", async () => {
  const reason = "HttpResponseError: ErrorCode:AuthorizationPermissionMismatch";
  const failingSteps = { preprocess_companies_node: reason, preprocess_shuttles_node: reason };
  const { ctx, kedroAzureml } = makeWorld({
    project: "spaceflights",
    emulator: { outcome: { failingSteps } },
  });
  equal(await kedroAzureml("submit data_processing --name fox --wait"), 1);
  const before = [ctx.stdout().length, ctx.stderr().length];
  equal(await kedroAzureml("job show fox"), 0);
  deepEqual(ctx.stdout().slice(before[0]).split("\n").slice(-6), [
    `✗ preprocess_companies_node: ${reason}`,
    "  The same in preprocess_shuttles_node",
    "✗ preprocess_companies_node      Failed  2 s  cpu-cluster",
    "✗ preprocess_shuttles_node       Failed  2 s  cpu-cluster",
    "  create_model_input_table_node  NotRun       highmem-cluster",
    "",
  ]);
  match(ctx.stderr().slice(before[1]), /^hint: The step uses the compute's identity, [^\n]*\n$/);
});

Deno.test("job show shows how long the nodes of a reused group took", async () => {
  const { ctx, kedroAzureml } = makeWorld({ emulator: { outcome: { reusedSteps: ["clean_to_count"] } } });
  for (const name of ["fox", "owl"]) {
    equal(await kedroAzureml(`submit main --group-by chain --name ${name} --wait`), 0, ctx.stderr());
  }
  const before = ctx.stdout().length;
  equal(await kedroAzureml("job show owl --json"), 0, ctx.stderr());
  const { steps } = JSON.parse(ctx.stdout().slice(before));
  deepEqual(steps[0].nodes, [
    { node: "clean", status: "Completed", durationMs: 1000 },
    { node: "count", status: "Completed", durationMs: 1000 },
  ]);
});

Deno.test("job show says which nodes of a group did not run, once the job has ended", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  equal(await kedroAzureml("submit main --group-by chain --name fox"), 0, ctx.stderr());
  equal(await kedroAzureml("job cancel fox --yes"), 0, ctx.stderr());
  await ctx.clock.sleep(600_000);
  const before = ctx.stdout().length;
  equal(await kedroAzureml("job show fox --json"), 0, ctx.stderr());
  const { steps } = JSON.parse(ctx.stdout().slice(before));
  deepEqual(steps[0].nodes, [{ node: "clean", status: "NotRun" }, { node: "count", status: "NotRun" }]);
});

Deno.test("renderRun() prints facts, failures and steps of a job that runs, and returns all of them as data", () => {
  const at = (second: number) => new Date(Date.UTC(2026, 0, 2, 3, 4, second));
  const job = { name: "fox", status: "Running", experimentName: "foxes", studioUrl: "https://studio/fox" };
  const failure = { step: "load", node: undefined, reason: "No", hint: "Look" };
  const failures = [
    { ...failure, place: "src/a.py:1 in a" },
    { ...failure, step: "fit", place: "src/a.py:2 in b" },
  ];
  const usage = { peakBytes: 5, cpuMs: 6 };
  const load = { id: "r1", status: "Failed", compute: "spot", startedAt: at(10), endedAt: at(15), usage };
  const fit = { id: "r2", status: "Running", startedAt: at(20) };
  const shown = {
    ...{ job, failures, now: at(30), metrics: [], warnings: [] },
    times: { createdAt: at(0), startedAt: at(5) },
    steps: [
      { key: "load", label: "load", compute: "cpu", run: load },
      { key: "fit", label: "ns.fit", compute: "gpu", run: fit },
      { key: "end", label: "end", compute: undefined, run: undefined },
    ],
  } as unknown as Parameters<typeof renderRun>[0];
  const { text, data, next } = renderRun(shown, undefined);
  deepEqual(text.split("\n"), [
    "job         fox",
    "status      Running",
    "experiment  foxes",
    "submitted   2026-01-02 03:04 UTC",
    "duration    30 s",
    "studio      https://studio/fox",
    "✗ load: No",
    "  at src/a.py:1 in a",
    "✗ fit: No",
    "  at src/a.py:2 in b",
    "✗ load    Failed   5 s   spot",
    "  ns.fit  Running  10 s  gpu",
    "  end     Waiting",
    "",
  ]);
  deepEqual(data, {
    ...{ ...job, displayName: undefined, durationMs: 30_000, error: failures[0], failures },
    ...{ createdAt: at(0), startedAt: at(5), endedAt: undefined },
    steps: [
      {
        ...{ step: "load", node: "load", status: "Failed", compute: "spot", run: "r1" },
        ...{ startedAt: at(10), endedAt: at(15), peakMemoryBytes: 5, cpuMs: 6 },
      },
      {
        ...{ step: "fit", node: "ns.fit", status: "Running", compute: "gpu", run: "r2" },
        ...{ startedAt: at(20), endedAt: undefined },
      },
      {
        ...{ step: "end", node: "end", status: "Waiting", compute: undefined, run: undefined },
        ...{ startedAt: undefined, endedAt: undefined },
      },
    ],
  });
  deepEqual(next, ["Look"]);
});
