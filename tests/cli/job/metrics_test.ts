import { deepEqual, equal, match } from "node:assert/strict";
import { assertTranscript } from "../assert_transcript.ts";
import { makeWorld, type WorldOptions } from "../world.ts";

/** What the simulated steps log: series, numbers that are not finite, and what must be quoted. */
const TRACKED = {
  clean: {
    metrics: { rows: [120], "system/cpu_percent": [12.5] },
    params: { 'drop, "all"': "true" },
    tags: { "kedro.env": "local", "mlflow.note": "not shown" },
  },
  count: {
    metrics: { loss: [0.5, 0.25, NaN, 0.125], mae: [1.73997710622711], worst: [-Infinity], zero: [0] },
    params: { alpha: "0.1" },
  },
};

const cases: readonly {
  readonly name: string;
  readonly lines: readonly string[];
  readonly world?: WorldOptions;
}[] = [
  {
    name: "metrics of the last job, of one step, and all values",
    lines: [
      "submit -j main --name fox --wait",
      "job metrics",
      "job metrics --all",
      "job metrics --step count --csv",
      "job metrics --all --csv",
      "job metrics --json",
      "job metrics --step cuont",
      "job show",
    ],
    world: { emulator: { outcome: { tracked: TRACKED } } },
  },
  {
    name: "metrics of a job that logged none",
    lines: ["submit -j main --name fox --wait", "job metrics", "job metrics --csv", "job metrics --json"],
  },
  {
    name: "metrics that Azure ML refuses",
    lines: ["submit -j main --name fox --wait", "job show", "job metrics"],
    world: {
      emulator: {
        outcome: { tracked: TRACKED },
        faults: [{ url: /\/mlflow\//, times: Infinity, happens: { kind: "status", status: 403 } }],
      },
    },
  },
];

for (const { name, lines, world } of cases) {
  Deno.test(`transcript: ${name}`, async (t) => {
    const { ctx, kedroAzureml } = makeWorld(world);
    let text = "";
    for (const line of lines) {
      const [out, err] = [ctx.stdout().length, ctx.stderr().length];
      const exit = await kedroAzureml(line);
      text += `$ kedro-azureml ${line}\n${ctx.stdout().slice(out)}--- stderr\n`;
      text += `${ctx.stderr().slice(err)}--- exit ${exit}\n`;
    }
    await assertTranscript(t, text, import.meta.url);
  });
}

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

Deno.test("job metrics sends a token to the host that the discovery document names, and asks for one experiment", async () => {
  const world = makeWorld({ emulator: { outcome: { tracked: TRACKED } } });
  equal(await world.kedroAzureml("submit -j main --name fox --wait"), 0, world.ctx.stderr());

  equal(await world.kedroAzureml("job metrics"), 0, world.ctx.stderr());

  const searches = world.azure.requests.filter(({ url }) => url.includes("/runs/search"));
  equal(searches.length, 2);
  match(searches[0]!.url, /^https:\/\/eastus\.api\.azureml\.ms\/mlflow\/v2\.0\/subscriptions\//);
});
