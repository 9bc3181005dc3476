import assert from "node:assert/strict";
import { makeWorld, type WorldOptions } from "../world.ts";

/** Creates a world in which `main` was submitted, and reads later output. */
async function submitMain(options: WorldOptions = {}) {
  const world = makeWorld(options);
  assert.equal(await world.kedroAzureml("submit -j main"), 0, world.ctx.stderr());
  const name = world.ctx.stdout().match(/ as (\S+)\n/)![1]!;
  const start = { out: world.ctx.stdout().length, err: world.ctx.stderr().length };
  return {
    ...world,
    name,
    out: () => world.ctx.stdout().slice(start.out),
    err: () => world.ctx.stderr().slice(start.err),
    cancellations: () => world.azure.requests.filter(({ url }) => url.includes("/cancel")).length,
  };
}

Deno.test("job cancel without a name asks on a terminal and cancels only after yes", async () => {
  for (const [answer, count] of [["y", 1], ["yes", 1], ["", 0], ["n", 0]] as const) {
    const world = await submitMain({ interactive: true, answers: [answer] });
    assert.equal(await world.kedroAzureml("job cancel"), 0);
    assert.ok(world.err().includes(`Cancel job ${world.name}? [y/N] `), world.err());
    assert.equal(world.cancellations(), count, answer);
    assert.match(world.out(), count === 1 ? /cancellation requested/ : /Nothing was canceled/);
  }
});

Deno.test("job cancel without a name or terminal is rejected and names the job", async () => {
  const world = await submitMain();
  assert.equal(await world.kedroAzureml("job cancel"), 2);
  assert.ok(world.err().includes(`kedro-azureml job cancel ${world.name}`), world.err());
  assert.ok(!world.err().includes("Using the last"), world.err());
  assert.equal(world.cancellations(), 0);
});

Deno.test("job cancel with --yes or a name does not ask", async () => {
  const world = await submitMain();
  assert.equal(await world.kedroAzureml("job cancel --yes"), 0);
  const other = await submitMain({ interactive: true });
  assert.equal(await other.kedroAzureml(`job cancel ${other.name}`), 0);
  assert.deepEqual([world.cancellations(), other.cancellations()], [1, 1]);
  assert.doesNotMatch(other.err(), /\[y\/N\]/);
});
