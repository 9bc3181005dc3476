import { deepEqual, equal, rejects } from "node:assert/strict";
import type { AppEvent } from "../../../src/app/context.ts";
import { openRuns, type RunsRequest } from "../../../src/app/runs/targets.ts";
import { SERVICE_PRINCIPAL } from "../../fakes/seed.ts";
import { makeWorld, type World } from "../../cli/world.ts";

/** Finds runs as a command does; returns what is known of each, and what was reported. */
async function find(
  { ctx }: World,
  names: readonly string[],
  { cwd = ctx.cwd, ...request }: Partial<RunsRequest> & { readonly cwd?: string } = {},
) {
  const events: AppEvent[] = [];
  const report = (event: AppEvent) => void events.push(event);
  const runs = await openRuns({ ...ctx, cwd, report }, { names, ...request });
  return {
    runs: runs.map(({ workspace, ...run }) => ({ ...run, workspace: workspace.config.name })),
    events: events.filter(({ type }) => ["last_job", "named_run"].includes(type)),
  };
}

/** A world in which these commands were run, a second after each other. */
async function after(...lines: readonly string[]): Promise<World> {
  const world = makeWorld();
  for (const line of lines) {
    equal(await world.kedroAzureml(line), 0, world.ctx.stderr());
    await world.ctx.clock.sleep(1000);
  }
  return world;
}

const timeOf = (events: readonly AppEvent[]) => (events[0] as { readonly at: string }).at;
const GOLDEN = { workspace: "ws-golden", tenant: SERVICE_PRINCIPAL.tenant, isSent: true };

Deno.test("job show prefers a run with the name of a job", async () => {
  const world = await after("submit main --name main");
  const run = { ...GOLDEN, name: "main", job: "main" };
  deepEqual(await find(world, ["main"]), { runs: [run], events: [] });
  equal(await world.kedroAzureml("submit main --name other"), 0);
  const events = [{ type: "named_run", name: "main", other: "other" }];
  deepEqual(await find(world, ["main"]), { runs: [run], events });
});

Deno.test("job show finds unrecorded runs in Azure", async () => {
  const { azure, ctx } = await after("submit main --name first", "submit one --name fox");
  const elsewhere = makeWorld({ fetch: (request) => azure.fetch(request) });
  deepEqual(await find(elsewhere, ["fox", "my-run"]), {
    runs: ["fox", "my-run"].map((name) => ({ name, job: undefined, workspace: "ws-golden" })),
    events: [],
  });
  const newest = await find(elsewhere, ["main"]);
  deepEqual(newest.runs, [{ name: "first", job: "main", workspace: "ws-golden" }]);
  const at = timeOf(newest.events);
  deepEqual(newest.events, [{ type: "last_job", name: "first", job: "main", at, asked: "main" }]);
  equal(at.slice(0, 16), "2026-01-02T03:04");
  await rejects(find(elsewhere, ["frst", "mian"]), {
    code: "job.not_found",
    hint: 'Did you mean "main"? Run `kedro-azureml job list` to see the names in Azure ML',
  });
  await rejects(find({ ...elsewhere, ctx }, ["frst"]), {
    code: "job.not_found",
    hint: 'Did you mean "first"? Run `kedro-azureml job list` to see the names in Azure ML',
  });
});

Deno.test("job show --from takes all or the named runs of the file", async () => {
  const world = makeWorld();
  equal(await world.kedroAzureml("submit main one --output-file jobs.json"), 0, world.ctx.stderr());
  const file = `${world.ctx.cwd}/jobs.json`;
  const [main, one] = JSON.parse(await world.ctx.fs.readText(file)).jobs;
  await world.ctx.fs.writeText(
    file,
    JSON.stringify({ version: 1, jobs: [main, { ...one, status: "Sending" }] }),
  );
  const runs = [
    { name: main.name, job: "main", workspace: "ws-golden", isSent: true },
    { name: one.name, job: "one", workspace: "ws-golden", isSent: false },
  ];
  const from = "jobs.json";
  deepEqual((await find(world, [], { from })).runs, runs);
  deepEqual((await find(world, ["one"], { from })).runs, [runs[1]]);
  deepEqual((await find(world, [main.name], { from })).runs, [runs[0]]);
  await rejects(find(world, ["fox", "owl"], { from }), {
    code: "jobs_file.no_job",
    message: 'jobs.json has no job "fox", "owl"',
    hint: "Use one of main, one",
  });
  await world.ctx.fs.writeText(file, JSON.stringify({ version: 1, jobs: [main] }));
  await rejects(find(world, ["fox"], { from }), { hint: "Use main" });
  await world.ctx.fs.writeText(file, JSON.stringify({ version: 1, jobs: [] }));
  deepEqual(
    await find({ ...world, ctx: { ...world.ctx, env: { AZURE_TOKEN_CREDENTIALS: "none" } } }, ["fox"], {
      from,
    }),
    {
      runs: [],
      events: [],
    },
    "without signing in",
  );
});
