import { deepEqual, equal, match } from "node:assert/strict";
import { makeWorld } from "../world.ts";

Deno.test("job show prints the same failure of two steps once", async () => {
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

Deno.test("job show shows the duration of each node in a reused group", async () => {
  const { ctx, kedroAzureml, printed } = makeWorld({
    emulator: { outcome: { reusedSteps: ["clean_to_count"] } },
  });
  for (const name of ["fox", "owl"]) {
    equal(await kedroAzureml(`submit main --group-by chain --name ${name} --wait`), 0, ctx.stderr());
  }
  const { steps } = JSON.parse(await printed("job show owl --json"));
  deepEqual(steps[0].nodes, [
    { node: "clean", status: "Completed", durationMs: 1000 },
    { node: "count", status: "Completed", durationMs: 1000 },
  ]);
});

Deno.test("job show lists the nodes of a canceled group as not run", async () => {
  const { ctx, kedroAzureml, printed } = makeWorld();
  equal(await kedroAzureml("submit main --group-by chain --name fox"), 0, ctx.stderr());
  equal(await kedroAzureml("job cancel fox --yes"), 0, ctx.stderr());
  await ctx.clock.sleep(600_000);
  const { steps } = JSON.parse(await printed("job show fox --json"));
  deepEqual(steps[0].nodes, [{ node: "clean", status: "NotRun" }, { node: "count", status: "NotRun" }]);
});
