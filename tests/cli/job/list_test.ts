import assert from "node:assert/strict";
import { createEmulator } from "../../fakes/emulator.ts";
import { GOLDEN_SEED } from "../../fakes/seed.ts";
import { makeWorld, type World } from "../world.ts";

const FLEETS = {
  emulator: { seed: { dataOnDemand: true, environments: [{ name: "fleet-env", versions: ["12"] }] } },
};

Deno.test("job list fits the terminal", async () => {
  for (const columns of [80, undefined]) {
    const { ctx, kedroAzureml, printed } = makeWorld(columns === undefined ? {} : { columns });
    const [name, shown] = ["n".repeat(41), "x".repeat(250)];
    const line = ["submit", "-j", "main", "--name", name, "--wait", "--display-name", `main=${shown}`];
    assert.equal(await kedroAzureml(line), 0, ctx.stderr());
    const lines = (await printed("job list")).trimEnd().split("\n");
    assert.equal(lines.length, 2);
    assert.match(lines[1]!, new RegExp(`^${name}  main  Completed  `));
    if (columns === undefined) assert.match(lines[1]!, / 8 s +2026-01-02 03:\d\d UTC +tiny-exp +x{250}$/);
    else assert.deepEqual(lines.filter((line) => line.length > columns), []);
  }
});

Deno.test("job list --mine lists only jobs of the signed-in identity", async () => {
  const world: World = makeWorld({
    async fetch(request) {
      const answer = await world.azure.fetch(request);
      if (!/\/jobs\?/.test(request.url)) return answer;
      const { value } = await answer.json();
      value.find(({ name }: { name: string }) => name === "owl").systemData.createdBy = "Somebody Else";
      return Response.json({ value });
    },
  });
  const { ctx, kedroAzureml, printed } = world;
  for (const name of ["fox", "owl"]) {
    assert.equal(await kedroAzureml(`submit main --name ${name}`), 0, ctx.stderr());
  }
  assert.deepEqual(
    JSON.parse(await printed("job list --mine --json")).map(({ name }: { name: string }) => name),
    ["fox"],
  );
});

Deno.test("job list shows the name of a job from a factory", async () => {
  const { ctx, azure, kedroAzureml, printed } = makeWorld({ project: "fleets", ...FLEETS });
  assert.equal(await kedroAzureml("submit emea-inference --name first"), 0, ctx.stderr());
  const listed = async ({ printed }: Pick<World, "printed">) => {
    return JSON.parse(await printed("job list --json")).map(({ job }: { job: string | null }) => job);
  };
  assert.deepEqual(await listed({ printed }), ["emea-inference"]);
  const elsewhere = makeWorld({ project: "fleets", fetch: (request) => azure.fetch(request) });
  assert.deepEqual(await listed(elsewhere), [undefined]);
});

Deno.test("job list warns after 2,000 jobs without a match", async () => {
  const job = { name: "other", properties: { jobType: "Pipeline", status: "Completed" } };
  const { ctx, kedroAzureml } = makeWorld({
    fetch: (request) =>
      /\/jobs\?/.test(request.url)
        ? Promise.resolve(Response.json({ value: Array.from({ length: 2500 }, () => job) }))
        : azure.fetch(request),
  });
  const azure = createEmulator({ clock: ctx.clock, seed: GOLDEN_SEED });
  assert.equal(await kedroAzureml("job list --status failed --json"), 0, ctx.stderr());
  assert.deepEqual(JSON.parse(ctx.stderr()).warning, {
    code: "job_list.cut",
    message: "Older jobs were not searched",
    hint: "Use fewer filters, or search in Azure ML studio",
  });
});

Deno.test("job list leaves out an ambiguous job of a run from another machine", async () => {
  const { azure, ctx, kedroAzureml } = makeWorld();
  for (const line of ["submit main --name owl", "submit bare --name fox"]) {
    assert.equal(await kedroAzureml(line), 0, ctx.stderr());
  }
  const elsewhere = makeWorld({ fetch: (request) => azure.fetch(request) });
  await elsewhere.edit("conf/base/azureml.yml", ["  bare:", "  report:\n    pipeline: {}\n  bare:"]);
  assert.equal(await elsewhere.kedroAzureml("job list --json"), 0, elsewhere.ctx.stderr());
  const jobs = JSON.parse(elsewhere.ctx.stdout());
  assert.deepEqual(Object.fromEntries(jobs.map(({ name, job }: Record<string, unknown>) => [name, job])), {
    owl: "main",
    fox: undefined,
  });
});

Deno.test("job list --experiment lists only jobs of the experiment", async () => {
  const { ctx, kedroAzureml, printed, edit } = makeWorld();
  assert.equal(await kedroAzureml("submit -j main --name a"), 0, ctx.stderr());
  await edit("conf/base/azureml.yml", [/tiny-exp/g, "other"]);
  assert.equal(await kedroAzureml("submit -j main --name b"), 0, ctx.stderr());
  assert.deepEqual(
    JSON.parse(await printed("job list --experiment other --json")).map(({ name }: { name: string }) => name),
    ["b"],
  );
});
