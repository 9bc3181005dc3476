import { deepEqual, equal, rejects } from "node:assert/strict";
import { findBaseline } from "../../../src/app/submit/diff.ts";
import { connect } from "../../../src/app/project/connect.ts";
import type { JobBody } from "../../../src/azureml/job/body.ts";
import { GOLDEN_WORKSPACE } from "../../fakes/seed.ts";
import { makeWorld, type World } from "../world.ts";

/** Finds what a job of a project is compared with. */
async function baselineOf(world: World, query: { readonly env?: string; readonly against?: string } = {}) {
  const ctx = { ...world.ctx, report() {} };
  const workspace = (await connect(ctx)).open(GOLDEN_WORKSPACE);
  const body = { properties: { displayName: "Tiny run", experimentName: "tiny-exp" } } as unknown as JobBody;
  const all = { root: ctx.cwd, job: "main", env: "local", against: undefined, ...query, body };
  const { job, body: found, doubt } = await findBaseline(ctx, workspace, all);
  const { tags, jobs } = found.properties;
  return { run: job.name, steps: Object.keys(jobs as object), tags, doubt: doubt?.message };
}

async function after(...lines: readonly string[]): Promise<World> {
  const world = makeWorld();
  await world.ctx.fs.writeText(`${world.ctx.cwd}/conf/prod/catalog.yml`, "");
  for (const line of lines) {
    equal(await world.kedroAzureml(line), 0, world.ctx.stderr());
    await world.ctx.clock.sleep(60_000);
  }
  return world;
}

const WHOLE = { steps: ["clean", "count"], tags: {}, doubt: undefined };
const elsewhere = ({ azure }: World) => makeWorld({ fetch: (request) => azure.fetch(request) });

Deno.test("diff compares with the job's last run in the same environment", async () => {
  const world = await after(
    "submit main --name fox",
    "-e prod submit main --name owl",
    "submit one --name elk",
  );
  deepEqual(await baselineOf(world), { run: "fox", ...WHOLE });
  deepEqual(await baselineOf(world, { env: "prod" }), { run: "owl", ...WHOLE });
  deepEqual((await baselineOf(world, { against: "elk" })).run, "elk");
  await rejects(baselineOf(world, { against: "none" }), { code: "job.not_found" });
});

Deno.test("diff after rerun --from-failed compares all steps", async () => {
  const world = makeWorld({ emulator: { outcome: { failingSteps: { count: "No" } } } });
  equal(await world.kedroAzureml("submit main --name fox --wait"), 1);
  equal(await world.kedroAzureml("rerun fox --from-failed --name owl --wait"), 1, world.ctx.stderr());
  equal(await world.kedroAzureml("rerun owl --name elk"), 0, world.ctx.stderr());
  deepEqual(await baselineOf(world), { run: "elk", ...WHOLE });
  deepEqual((await baselineOf(elsewhere(world))).steps, WHOLE.steps);
});

Deno.test("diff on another machine compares with the newest run of the same display name", async () => {
  const world = await after("submit main --name fox", "submit main --name owl");
  deepEqual(await baselineOf(elsewhere(world)), {
    ...{ run: "owl", ...WHOLE },
    doubt:
      'This machine remembers no run of job "main" in the workspace, so it is compared with "owl", the newest run with the display name "Tiny run", which may be of another job',
  });
  await rejects(baselineOf(makeWorld()), {
    code: "diff.no_run",
    exit: 5,
    message: 'Job "main" has no earlier run in workspace "ws-golden"',
  });
});

Deno.test("diff ignores runs in another workspace", async () => {
  const world = makeWorld();
  const { ctx, kedroAzureml } = world;
  const staging = { ...GOLDEN_WORKSPACE, resource_group: "rg-staging", name: "ws-staging" };
  staging.subscription_id = "99999999-2222-3333-4444-555555555555";
  const config = `${ctx.cwd}/conf/base/azureml.yml`;
  const text = await ctx.fs.readText(config);
  const both = text.replace("workspace:\n", `workspace:\n  staging: ${JSON.stringify(staging)}\n`);
  await ctx.fs.writeText(config, both);
  equal(await kedroAzureml("submit main --name owl -w staging"), 0, ctx.stderr());
  await rejects(baselineOf(world), { code: "diff.no_run" });
  // A run of another job has the name of the last run, which is in another workspace.
  for (const line of ["one --name elk", "main --name fox", "main --name elk -w staging"]) {
    await ctx.clock.sleep(60_000);
    equal(await kedroAzureml(`submit ${line}`), 0, ctx.stderr());
  }
  deepEqual(await baselineOf(world), { run: "fox", ...WHOLE });
});
