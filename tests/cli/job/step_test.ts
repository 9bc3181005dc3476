import assert from "node:assert/strict";
import { makeWorld } from "../world.ts";

/** Creates a world in which a job has ended, and returns the run id of its step `clean`. */
async function endedJob() {
  const world = makeWorld();
  assert.equal(await world.kedroAzureml("submit main --name first --wait"), 0, world.ctx.stderr());
  const before = world.ctx.stdout().length;
  assert.equal(await world.kedroAzureml("job show first --json"), 0);
  const { steps } = JSON.parse(world.ctx.stdout().slice(before));
  const { run } = steps.find(({ step }: { step: string }) => step === "clean");
  return { ...world, run: run as string };
}

Deno.test("job commands reject the run of a step with the name of its job", async () => {
  const { kedroAzureml, ctx, run } = await endedJob();
  assert.match(run, /./);
  const sleeps = ctx.sleeps.length;
  for (const verb of ["show", "follow", "logs", "cancel", "report", "download"]) {
    const before = ctx.stderr().length;
    assert.equal(await kedroAzureml(`job ${verb} ${run} --json`), 5, `${verb}: ${ctx.stderr()}`);
    const { error } = JSON.parse(ctx.stderr().slice(before).trim().split("\n").at(-1)!);
    assert.equal(error.code, "job.is_step", verb);
    assert.match(error.message, /is step "clean" of job "first", not a job/);
    assert.match(error.hint, /first/);
  }
  assert.equal(ctx.sleeps.length, sleeps);
});

Deno.test("job logs suggests --step for the name of a step", async () => {
  const { kedroAzureml, ctx } = await endedJob();
  assert.equal(await kedroAzureml("job logs clean"), 5);
  assert.match(
    ctx.stderr(),
    /^hint: It is a step of the last job: run `kedro-azureml job logs --step clean`/m,
  );
  assert.equal(await kedroAzureml("job logs other"), 5);
  assert.match(ctx.stderr(), /^hint: Run `kedro-azureml job list`/m);
});
