import { deepEqual, equal, match } from "node:assert/strict";
import { makeWorld, type World, type WorldOptions } from "../world.ts";

/** Runs a command line on a job whose steps have no logs, but which has one of its own. */
async function withOwnLog(line: string) {
  let logFiles: unknown;
  const world: World = makeWorld({
    async fetch(request) {
      const response = await world.azure.fetch(request);
      const [, run] = /\/runs\/([^/?]+)\/details/.exec(request.url) ?? [];
      if (run === undefined) return response;
      const details = await response.json();
      if (run !== "fox") logFiles = details.logFiles;
      return Response.json({ ...details, logFiles: run === "fox" ? logFiles : {} });
    },
  });
  await world.kedroAzureml("submit -j main --name fox --wait");
  const before = [world.ctx.stdout().length, world.ctx.stderr().length];
  const exit = await world.kedroAzureml(line);
  return { exit, out: world.ctx.stdout().slice(before[0]), err: world.ctx.stderr().slice(before[1]) };
}

Deno.test("job logs of several jobs prints a heading for each", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  await kedroAzureml("submit -j main --name fox --wait");
  await kedroAzureml("submit -j main --name owl --wait");
  const [before, line] = [ctx.stdout().length, "job logs fox owl --step clean"];
  equal(await kedroAzureml(line), 0, ctx.stderr());
  match(ctx.stdout().slice(before), /^Job fox:\n\[.*\n(?:.*\n)+Job owl:\n\[.*\n/);
  const text = ctx.stdout().length;
  equal(await kedroAzureml(`${line} --json`), 0, ctx.stderr());
  const lines = ctx.stdout().slice(text).trim().split("\n").map((part) => JSON.parse(part));
  deepEqual(lines.map(({ name, step }) => [name, step]), [["fox", "clean"], ["owl", "clean"]]);
});

for (
  const [line, code, why] of [
    ["job logs fox --step clean", 5, /no logs to show: step "clean" logged nothing \(status: Completed\)/],
    ["job logs fox --failed", 0, /No step of job fox failed \(status: Completed\)/],
  ] as const
) {
  Deno.test(`${line} does not print the log of the job itself`, async () => {
    const { exit, out, err } = await withOwnLog(line);
    equal(exit, code);
    equal(out, "");
    match(err, why);
  });
}

Deno.test("job logs --failed prints the reason of a failure with its place", async () => {
  const log = `${"a long line ".repeat(10)}##[group]
Traceback (most recent call last):
  File "/mnt/azureml/cr/j/1/exe/wd/src/tiny/nodes.py", line 5, in clean
    raise ValueError("no")
ValueError: no
`;
  const world: World = makeWorld({
    columns: 60,
    emulator: { outcome: { failingSteps: { clean: "PreemptionError" } } },
    async fetch(request) {
      const response = await world.azure.fetch(request);
      if (!request.url.includes("std_log.txt")) return response;
      const { "content-length": _, ...headers } = Object.fromEntries(response.headers);
      return new Response(log, { headers });
    },
  });
  const { ctx, kedroAzureml } = world;
  await kedroAzureml("submit -j main --name fox --wait");
  const [out, err] = [ctx.stdout().length, ctx.stderr().length];
  equal(await kedroAzureml("job logs fox --failed"), 0, ctx.stderr());
  equal(ctx.stdout().slice(out), log.replace("##", "# #").replace("/mnt/azureml/cr/j/1/exe/wd/", ""));
  equal(
    ctx.stderr().slice(err).replaceAll(/\n +/g, " "),
    "warning: Step clean failed: ValueError: no (at src/tiny/nodes.py:5 in clean) [job.step_failed]\n" +
      "hint: The machine was stopped during the step, as happens to low-priority nodes; rerun the job with " +
      "`--from-failed`, or use a cluster with dedicated nodes\n",
  );
});

/** What Kedro logs of a node's module that imports a missing package, in a shortened form with frames in between. */
const IMPORT_LOG = `Traceback (most recent call last):
  File "/mnt/azureml/cr/j/1/exe/wd/src/tiny/nodes.py", line 3, in <module>
    import mlflow
ModuleNotFoundError: No module named 'mlflow'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/mnt/azureml/cr/j/1/exe/wd/src/tiny/pipeline_registry.py", line 13, in register_pipelines
    return find_pipelines(raise_errors=True)
${'  File "/opt/lib/python3.11/site-packages/kedro/x.py", line 1, in f\n    call()\n'.repeat(200)}\
ImportError: An error occurred while importing the 'tiny.pipelines.science' module.
`;

Deno.test("job commands name the package missing in a failed step", async () => {
  const world: World = makeWorld({
    emulator: { outcome: { failingSteps: { clean: "ImportError" } } },
    async fetch(request) {
      const response = await world.azure.fetch(request);
      if (!request.url.includes("std_log.txt")) return response;
      const { "content-length": _, ...headers } = Object.fromEntries(response.headers);
      return new Response(IMPORT_LOG, { headers });
    },
  });
  const { ctx, kedroAzureml } = world;
  await kedroAzureml("submit -j main --name fox --wait");
  match(
    ctx.stderr(),
    /✗ clean: ModuleNotFoundError: No module named 'mlflow'\n {2}at src\/tiny\/nodes\.py:3 in <module>\n/,
  );
  match(ctx.stderr(), /^hint: Add the package that provides "mlflow" to the environment of the steps/m);
  const before = ctx.stdout().length;
  await kedroAzureml("job show fox --json");
  match(ctx.stdout().slice(before), /No module named 'mlflow'/);
  await kedroAzureml("job logs fox --failed");
  match(ctx.stderr(), /^warning: Step clean failed: ModuleNotFoundError: No module named 'mlflow'/m);
  await kedroAzureml("job report fox -o fox.html");
  const page = await ctx.fs.readText(`${ctx.cwd}/fox.html`);
  match(page, /"exception":"ModuleNotFoundError: No module named 'mlflow'","place":"src\/tiny\/nodes\.py:3/);
});

/** A world in which run history lists other log files of steps. */
function worldWith(change: (files: Readonly<Record<string, string>>) => object, options: WorldOptions = {}) {
  const world: World = makeWorld({
    ...options,
    async fetch(request) {
      const response = await world.azure.fetch(request);
      if (!/\/runs\/[^/?]+\/details/.test(request.url)) return response;
      const details = await response.json();
      return Response.json({ ...details, logFiles: change(details.logFiles) });
    },
  });
  return world;
}

Deno.test("job logs --step says that a step has no log", async () => {
  const pace = {
    prepareMs: 0,
    stepMs: 60_000,
    parallelSteps: 1,
    cancelMs: 0,
    scheduleMs: 0,
  };
  const { ctx, kedroAzureml } = worldWith(() => ({}), { emulator: { pace } });
  equal(await kedroAzureml("submit main --name fox"), 0, ctx.stderr());
  await ctx.clock.sleep(90_000);
  const says = [];
  for (const step of ["clean", "count"]) {
    const before = ctx.stderr().length;
    equal(await kedroAzureml(`job logs fox --step ${step} --json`), 5);
    const { message, hint } = JSON.parse(ctx.stderr().slice(before)).error;
    says.push([message.split(": ")[1], hint]);
  }
  deepEqual(says, [
    ['step "clean" logged nothing (status', "Run `kedro-azureml job show fox` to see its steps"],
    [
      'step "count" has not logged anything yet (status',
      "Run `kedro-azureml job logs fox --follow` to wait for them",
    ],
  ]);
});

Deno.test("job logs escapes CI commands in a log", async () => {
  const world: World = makeWorld({
    color: true,
    async fetch(request) {
      const response = await world.azure.fetch(request);
      if (!request.url.includes("std_log.txt")) return response;
      const { "content-length": _, ...headers } = Object.fromEntries(response.headers);
      return new Response("\x1b[31mred\x1b[0m\n##[group]x\n::error::y\n", { headers });
    },
  });
  const { ctx, kedroAzureml, printed } = world;
  equal(await kedroAzureml("submit main --name fox --wait"), 0, ctx.stderr());
  equal(await printed("job logs fox --step clean"), "\x1b[31mred\x1b[0m\n# #[group]x\n: :error::y\n");
});
