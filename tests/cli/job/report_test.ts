import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import type { PageData, RunView } from "../../../src/page/view.ts";
import { makeWorld, type World, type WorldOptions } from "../world.ts";
import { assertTranscript } from "../assert_transcript.ts";

/** The view in a page that was written. */
function viewIn(world: World, path: string): RunView {
  const html = new TextDecoder().decode(world.ctx.files.get(path));
  const [, json] = /id="data">(.*?)<\/script>/s.exec(html)!;
  return (JSON.parse(json!) as PageData).view as RunView;
}

/** What a user submits before, what they type then, and what is different in the world in which they type it. */
const cases: readonly {
  name: string;
  before?: readonly string[];
  lines: readonly string[];
  world?: WorldOptions;
}[] = [
  {
    name: "report of the last job",
    before: ["submit -j main --name fox"],
    lines: ["job report", "job report --json"],
  },
  { name: "report of a job that is not there", lines: ["job report none"] },
  {
    name: "reports of several jobs",
    before: ["submit -j main --name a", "submit -j one --name b"],
    lines: ["job report a b -o out/page.html"],
  },
  {
    name: "report without run history",
    before: ["submit -j main --name a"],
    lines: ["job report a"],
    world: {
      emulator: {
        faults: [{ url: /\/history\//, times: Infinity, happens: { kind: "status", status: 403 } }],
      },
    },
  },
  {
    name: "report without components",
    before: ["submit -j main --name a"],
    lines: ["job report a"],
    world: { emulator: { deniedActions: ["*/components/versions/read"] } },
  },
];

for (const { name, before = [], lines, world } of cases) {
  Deno.test(`transcript: ${name}`, async (t) => {
    const { ctx, kedroAzureml } = makeWorld(world);
    for (const line of before) equal(await kedroAzureml(line), 0, ctx.stderr());
    let text = "";
    for (const line of lines) {
      const [out, err] = [ctx.stdout().length, ctx.stderr().length];
      const exit = await kedroAzureml(line);
      text += `$ kedro-azureml ${line}\n${ctx.stdout().slice(out)}--- stderr\n`;
      text += `${ctx.stderr().slice(err)}--- exit ${exit}\n`;
    }
    // The size is that of the page's program, mostly.
    const sized = text.replace(/[\d.]+ KiB$/gm, "N KiB").replace(/"sizeBytes":\d+/g, '"sizeBytes":N');
    await assertTranscript(t, sized, import.meta.url);
  });
}

Deno.test("a report has the steps with their state, logs, failure, and the difference to the run before", async () => {
  const world = makeWorld({
    emulator: { outcome: { failingSteps: { count: "ValueError: password=hush </script>" } } },
  });
  await world.kedroAzureml("submit -j main --name before --wait");
  await world.kedroAzureml([
    "submit",
    "-j",
    "main",
    "--name",
    "fox",
    "--wait",
    "--params",
    '{"alpha": 7, "api_key": "hush"}',
  ]);
  equal(await world.kedroAzureml("job report fox"), 0, world.ctx.stderr());
  const html = new TextDecoder().decode(world.ctx.files.get("/home/user/tiny/report.html"));
  doesNotMatch(html, /hush/);
  doesNotMatch(html, /sig=/);
  const run = viewIn(world, "/home/user/tiny/report.html");
  equal(run.status, "Failed");
  match(run.failure!.message, /password=\*\*\*/);
  const [clean, count] = run.steps;
  equal(clean!.status, "Completed");
  deepEqual(clean!.logs!.map(({ name }) => name), ["user_logs/std_log.txt"]);
  match(clean!.logs![0]!.text, /Running node: clean/);
  ok(clean!.endedAt! > clean!.startedAt! && clean!.startedAt! >= clean!.queuedAt!);
  match(Object.values(clean!.places!).join(), /^azureml/);
  match(count!.failure!.message, /^ValueError: password=\*\*\* <\/script>$/);
  match(count!.command!, /"alpha": ?7/);
  deepEqual(count!.needs, ["clean"]);
  equal(run.changes!.against, "before");
  deepEqual(run.changes!.changes.filter(({ step }) => step === "count"), [
    { step: "count", aspect: "parameter", name: "alpha", after: "7" },
    { step: "count", aspect: "parameter", name: "api_key", after: "***" },
  ]);
});

Deno.test("job report --no-logs reads no log", async () => {
  const world = makeWorld();
  await world.kedroAzureml("submit -j main --name fox --wait");
  const asked = world.azure.requests.length;
  equal(await world.kedroAzureml("job report fox --no-logs"), 0, world.ctx.stderr());
  deepEqual(world.azure.requests.slice(asked).filter(({ url }) => /std_log|details/.test(url)), []);
  ok(viewIn(world, "/home/user/tiny/report.html").steps.every(({ logs }) => logs === undefined));
});

Deno.test("a report in the project is not uploaded with the code", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  for (const line of ["submit -j main", "job report", "inspect --html"]) {
    equal(await kedroAzureml(line), 0, ctx.stderr());
  }
  const before = ctx.stdout().length;
  await kedroAzureml("files --json");
  const { leftOut } = JSON.parse(ctx.stdout().slice(before));
  deepEqual(
    leftOut.filter(({ name }: { name: string }) => name.endsWith(".html")),
    ["pipelines.html", "report.html"].map((name) => ({ name, reason: "page of kedro-azureml" })),
  );
});

Deno.test("a report has the nodes of a step that runs several, with their states", async () => {
  const world = makeWorld();
  await world.kedroAzureml("submit main --group-by chain --name fox --wait");
  equal(await world.kedroAzureml("job report fox"), 0, world.ctx.stderr());
  const [step] = viewIn(world, "/home/user/tiny/report.html").steps;
  deepEqual(step!.nodes, ["clean", "count"]);
  deepEqual(step!.nodeRuns!.map(({ name, status }) => [name, status]), [["clean", "Completed"], [
    "count",
    "Completed",
  ]]);
});

Deno.test("a report of a job without steps shows it as its own step", async () => {
  const world = makeWorld();
  await world.kedroAzureml("submit -j main --name fox --wait");
  const before = world.ctx.stdout().length;
  await world.kedroAzureml("job show fox --json");
  const { steps } = JSON.parse(world.ctx.stdout().slice(before));
  equal(await world.kedroAzureml(`job report ${steps[0].run}`), 0, world.ctx.stderr());
  const run = viewIn(world, "/home/user/tiny/report.html");
  deepEqual(run.steps.map(({ label, status }) => [label, status]), [["clean", "Completed"]]);
  match(run.steps[0]!.command!, /kedro azureml/);
  match(run.steps[0]!.logs![0]!.text, /Running node: clean/);
});
