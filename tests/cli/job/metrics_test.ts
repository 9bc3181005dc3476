import { deepEqual, equal } from "node:assert/strict";
import { makeWorld, type World } from "../world.ts";
import { fetchNested } from "./tracked.ts";

Deno.test("job metrics reads all pages of a metric's values", async () => {
  const values = Array.from({ length: 60_000 }, (_, at) => at);
  const world = makeWorld({ emulator: { outcome: { tracked: { count: { metrics: { loss: values } } } } } });
  equal(await world.kedroAzureml("submit -j main --name fox --wait"), 0, world.ctx.stderr());
  const before = world.ctx.stdout().length;

  equal(await world.kedroAzureml("job metrics --all --json"), 0, world.ctx.stderr());

  const { runs } = JSON.parse(world.ctx.stdout().slice(before));
  const { min, max, count, values: read } = runs[0].metrics[0];
  deepEqual({ min, max, count, last: read.at(-1).value }, {
    min: 0,
    max: 59_999,
    count: 60_000,
    last: 59_999,
  });
});

Deno.test("job metrics --csv prints one header for several jobs", async () => {
  const { ctx, kedroAzureml } = makeWorld({
    emulator: { outcome: { tracked: { count: { metrics: { "a\rb": [2], "mae": [1.5] } } } } },
  });
  for (const name of ["fox", "owl"]) equal(await kedroAzureml(`submit -j main --name ${name} --wait`), 0);
  const before = ctx.stdout().length;

  equal(await kedroAzureml("job metrics fox owl --csv"), 0, ctx.stderr());

  const rows = (job: string) => `${job},count,RUN,"a\nb",2,0\n${job},count,RUN,mae,1.5,0\n`;
  equal(
    ctx.stdout().slice(before).replaceAll(/[0-9a-f-]{36}/g, "RUN"),
    `job,step,run,metric,value,training_step\n${rows("fox")}${rows("owl")}`,
  );
});

Deno.test("job metrics --csv quotes names with commas or quotes", async () => {
  const world: World = makeWorld({
    columns: 40,
    emulator: { outcome: { tracked: { count: { metrics: { mae: [1.5] } } } } },
    fetch: (request) => fetchNested(world.azure, request),
  });
  const { ctx, kedroAzureml, printed } = world;
  equal(await kedroAzureml("submit -j main --name fox --wait"), 0, ctx.stderr());
  const shown: string[] = [];
  for (const option of ["", " --csv", " --json"]) {
    shown.push(await printed(`job metrics fox${option}`));
  }
  deepEqual(shown.map((text) => text.replaceAll(/[0-9a-f-]{36}/g, "RUN")).slice(0, 2), [
    'STEP            METRIC           VALUE\ncount           mae              1.5\ncount > fold 1  mae "dev", mean  1.5\n',
    'job,step,run,metric,value,training_step\nfox,count,RUN,mae,1.5,0\nfox,count,fold 1,"mae ""dev"", mean",1.5,0\n',
  ]);
  deepEqual(JSON.parse(shown[2]!).runs.map(({ nested }: { nested?: string[] }) => nested), [undefined, [
    "fold 1",
  ]]);
});
