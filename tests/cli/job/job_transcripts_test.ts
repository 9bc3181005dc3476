import { equal, match } from "node:assert/strict";
import { makeWorld, type WorldOptions } from "../world.ts";
import { assertTranscript, transcriptOf } from "../transcript.ts";
import { TRACKED } from "./tracked.ts";

/** Command lines that run one after another, and the options of their world. */
const cases: readonly { name: string; lines: readonly string[]; world?: WorldOptions }[] = [
  { name: "job show uses the last job", lines: ["submit -j main", "job show", "job cancel", "job follow"] },
  { name: "job show --json prints the last job", lines: ["submit -j main --json", "job show --json"] },
  { name: "submit does not register components again", lines: ["submit -j main", "submit -j main"] },
  { name: "job show fails without a submitted job", lines: ["job show"] },
  {
    name: "job list prints the jobs of a workspace",
    lines: [
      "submit -j main",
      "submit -j one",
      "job list",
      "job list -n 1 --json",
      "job list --mine --status failed,running",
      "job list --status runing",
    ],
  },
  {
    name: "job show and job logs print a failed job",
    lines: [
      "submit -j main",
      "job logs",
      "job show",
      "job follow --logs",
      "job show",
      "job show --json",
      "job logs",
      "job logs --step clean",
      "job logs --step cleen",
      "job logs --failed",
      "job logs --failed --json",
      "job open",
    ],
    world: { emulator: { outcome: { failingSteps: { count: "ValueError: there is no column rows" } } } },
  },
  {
    name: "job logs --failed prints logs of failed steps",
    lines: ["submit -j main", "job logs --follow --failed"],
    world: { emulator: { outcome: { failingSteps: { count: "ValueError: there is no column rows" } } } },
  },
  {
    name: "job follow prints a failure in the first step",
    lines: ["submit -j main --wait-for-completion", "job show", "job show --json"],
    world: { emulator: { outcome: { failingSteps: { clean: "ValueError: there is no column rows" } } } },
  },
  {
    name: "job logs --follow prints logs to the end",
    lines: ["submit -j main", "job logs --follow", "job logs -f --step count"],
  },
  {
    name: "job download writes logs and outputs",
    lines: [
      "submit -j main --wait-for-completion",
      "job download",
      "job download",
      "job download --outputs --step count -o /tmp/here --json",
    ],
    world: { emulator: { outcome: { artifacts: { "outputs/metrics.json": '{"rows": 3}' } } } },
  },
  {
    name: "job download refuses a file outside the folder",
    lines: ["submit -j main --wait-for-completion", "job download -o /tmp/here"],
    world: { emulator: { outcome: { artifacts: { "outputs/../../../.ssh/authorized_keys": "key" } } } },
  },
  {
    name: "job metrics prints the metrics of each step",
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
    name: "job metrics warns about a job without metrics",
    lines: ["submit -j main --name fox --wait", "job metrics", "job metrics --csv", "job metrics --json"],
  },
  {
    name: "job metrics fails if Azure ML refuses them",
    lines: ["submit -j main --name fox --wait", "job show", "job metrics"],
    world: {
      emulator: {
        outcome: { tracked: TRACKED },
        faults: [{ url: /\/mlflow\//, times: Infinity, happens: { kind: "status", status: 403 } }],
      },
    },
  },
  {
    name: "job list prints two runs of a job",
    lines: [
      "submit -j main --name a --wait",
      "submit -j main --name b --wait",
      "job compare a b",
      "job list",
      "job list --status Failed",
      "job cancel a",
    ],
  },
  {
    name: "job commands prefer a run with the name of a job",
    lines: ["submit -j main --name main", "submit -j main --name other", "job show main"],
  },
  {
    name: "job logs fails for a job without logs",
    lines: [
      "submit -j main --name a",
      "job logs a",
      "job logs a --step count",
      "job logs a --failed",
      "job follow a",
      "job logs a --failed",
    ],
    world: { emulator: { pace: { prepareMs: 60_000, stepMs: 1000, parallelSteps: 1, cancelMs: 500 } } },
  },
  {
    name: "job commands read the jobs of a --from file",
    lines: [
      "submit -j main -j one --output-file ../jobs.json",
      "-C / job list --from ../jobs.json",
      "job cancel --from ../jobs.json",
      "-C / job follow --from ../jobs.json",
      "job cancel --from ../jobs.json",
      "job cancel no-such-job --from ../jobs.json",
      "job cancel --from no-such.json",
      "job cancel --from pyproject.toml",
    ],
  },
];

for (const { name, lines, world } of cases) {
  Deno.test(`${name}`, async (t) => {
    await assertTranscript(t, await transcriptOf(makeWorld(world), lines), import.meta.url);
  });
}

/** Command lines of a setup and of a transcript, and the options of their world. */
const REPORTS: readonly {
  name: string;
  before?: readonly string[];
  lines: readonly string[];
  world?: WorldOptions;
}[] = [
  {
    name: "job report writes report.html of the last job",
    before: ["submit -j main --name fox"],
    lines: ["job report", "job report --json"],
  },
  {
    name: "job report writes a page for each of several jobs",
    before: ["submit -j main --name a", "submit -j one --name b"],
    lines: ["job report a b -o out/page.html"],
  },
  {
    name: "job report warns about an unreadable run history",
    before: ["submit -j main --name a"],
    lines: ["job report a"],
    world: {
      emulator: {
        faults: [{ url: /\/history\//, times: Infinity, happens: { kind: "status", status: 403 } }],
      },
    },
  },
  {
    name: "job report warns about unreadable components",
    before: ["submit -j main --name a"],
    lines: ["job report a"],
    world: { emulator: { deniedActions: ["*/components/versions/read"] } },
  },
];

for (const { name, before = [], lines, world: options } of REPORTS) {
  Deno.test(`${name}`, async (t) => {
    const world = makeWorld(options);
    for (const line of before) equal(await world.kedroAzureml(line), 0, world.ctx.stderr());
    const text = await transcriptOf(world, lines);
    // Most of the size is the page's program.
    const steady = text.replace(/[\d.]+ KiB$/gm, "N KiB").replace(/"sizeBytes":\d+/g, '"sizeBytes":N');
    await assertTranscript(t, steady, import.meta.url);
  });
}

Deno.test("submit removes the record of a job that Azure rejects", async () => {
  const seen: string[] = [];
  const world = makeWorld({
    async fetch(request) {
      const isJob = request.method === "PUT" && /\/jobs\//.test(request.url);
      if (isJob) {
        const kept = [...world.ctx.files].filter(([path]) => path.includes("/jobs/"));
        seen.push(...kept.map(([, bytes]) => new TextDecoder().decode(bytes)));
        return Response.json({ error: { code: "UserError", message: "no" } }, { status: 400 });
      }
      return await world.azure.fetch(request);
    },
  });
  equal(await world.kedroAzureml("submit -j main"), 5);
  equal(seen.length, 1);
  match(seen[0]!, /"job":"main".*"sent":false/);
  equal(await world.kedroAzureml("job show"), 2);
});
