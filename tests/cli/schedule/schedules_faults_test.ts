import { equal } from "node:assert/strict";
import { run } from "../../../src/cli/command_line.ts";
import { eachRequestFailing } from "../matrix/each_request.ts";
import { makeWorld } from "../world.ts";

const MADE = "schedule -j multi --snapshot /snapshot.json";
const CRON = { project: "cronflow" };

Deno.test("schedule trigger starts one job after a failed request", async () => {
  for await (const world of eachRequestFailing([MADE, "schedule trigger multi-1"], CRON)) {
    const { what, exit, ctx, azure } = world;
    equal(exit, 0, `${what}\n${ctx.stderr()}`);
    const jobs = azure.resources("jobs").map(({ name }) => name).filter((name) =>
      !name.startsWith("multi-2")
    );
    equal(jobs.length, 1, what);
    equal(ctx.stdout().includes(`started job ${jobs[0]}\n`), true, what);
  }
});

Deno.test("schedule trigger points to `schedule runs` if the job's name is unknown", async () => {
  const { ctx, azure, kedroAzureml } = makeWorld(CRON);
  equal(await kedroAzureml("schedule -j multi"), 0, ctx.stderr());
  const fetch = async (request: Request) =>
    /\/trigger\b/.test(request.url) ? Response.json({}) : await azure.fetch(request);
  equal(await run("schedule trigger multi-1 --json".split(" "), { ...ctx, fetch }), 6);
  const { error } = JSON.parse(ctx.stderr().trimEnd().split("\n").at(-1)!);
  equal(error.code, "schedule.run_not_named");
  equal(error.hint, "Run `kedro-azureml schedule runs multi-1` in a minute");
});
