import assert from "node:assert/strict";
import { makeWorld, type World, type WorldOptions } from "../world.ts";

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

Deno.test("job cancel without a name asks first", async () => {
  for (const [answer, count] of [["y", 1], ["yes", 1], ["", 0], ["n", 0]] as const) {
    const world = await submitMain({ interactive: true, answers: [answer] });
    assert.equal(await world.kedroAzureml("job cancel"), 0);
    assert.ok(world.err().includes(`Cancel job ${world.name}? [y/N] `), world.err());
    assert.equal(world.cancellations(), count, answer);
    const said = count === 1 ? `✓ Job ${world.name}: cancellation requested\n` : "· Nothing was canceled\n";
    assert.equal(world.out(), said);
  }
});

Deno.test("job cancel cancels the other jobs if one cannot be canceled", async () => {
  const world = await submitMain();
  assert.equal(await world.kedroAzureml(`job cancel nowhere ${world.name} --json`), 5);
  const results = world.out().trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(results.map(({ name, status, error }) => [name, status, error?.code]), [
    ["nowhere", undefined, "job.not_found"],
    [world.name, "CancelRequested", undefined],
  ]);
  assert.equal(await world.kedroAzureml(`job cancel nowhere ${world.name}`), 5);
  assert.match(world.out(), /✗ error: Job "nowhere" not found in workspace "ws-golden"\n/);
  assert.match(world.out(), /✓ Job \S+: cancellation requested/);
});

Deno.test("job cancel waits for the job of an interrupted submit", async () => {
  const world = await submitMain();
  const { files, fs } = world.ctx;
  const path = [...files.keys()].find((path) => path.includes("/state/") && path.includes("/jobs/"))!;
  const job = JSON.parse(await fs.readText(path));
  await fs.writeText(path, JSON.stringify({ ...job, name: "ghost", sent: false }));
  const slept = world.ctx.sleeps.length;
  assert.equal(await world.kedroAzureml("job cancel ghost"), 0, world.err());
  assert.match(world.out(), /· Job ghost never reached Azure; there is nothing to cancel\n/);
  assert.deepEqual(world.ctx.sleeps.slice(slept).filter((ms) => ms === 2000), [2000, 2000, 2000, 2000]);
  assert.equal(await world.kedroAzureml("job cancel ghost --json"), 0, world.err());
  assert.ok(world.out().endsWith('{"name":"ghost","status":null}\n'), world.out());
});

Deno.test("job cancel --from does not wait for jobs confirmed by Azure", async () => {
  for (const [status, exit] of [["Sending", 0], ["Running", 5]] as const) {
    const world = await submitMain();
    assert.equal(await world.kedroAzureml("submit -j main --output-file jobs.json"), 0, world.err());
    const path = `${world.ctx.cwd}/jobs.json`;
    const filed = JSON.parse(await world.ctx.fs.readText(path));
    const [job] = filed.jobs;
    await world.ctx.fs.writeText(
      path,
      JSON.stringify({ ...filed, jobs: [{ ...job, name: "ghost", status }] }),
    );
    const slept = world.ctx.sleeps.length;
    assert.equal(await world.kedroAzureml("job cancel --from jobs.json --yes"), exit, world.err());
    const waits = world.ctx.sleeps.slice(slept).filter((ms) => ms === 2000).length;
    assert.equal(waits, status === "Sending" ? 4 : 0);
  }
});

Deno.test("job cancel of several jobs stops at Ctrl+C", async () => {
  const stop = new AbortController();
  const world: World = makeWorld({
    signal: stop.signal,
    fetch(request) {
      if (!request.url.includes("/cancel")) return world.azure.fetch(request);
      stop.abort("SIGINT");
      return Promise.reject(new DOMException("The signal has been aborted", "AbortError"));
    },
  });
  for (const name of ["fox", "owl"]) assert.equal(await world.kedroAzureml(`submit main --name ${name}`), 0);
  assert.equal(await world.kedroAzureml("job cancel fox owl"), 130);
  assert.match(world.ctx.stderr(), /^error: Interrupted \(Ctrl\+C\)$/m);
});
