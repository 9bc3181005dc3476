import { deepEqual, equal, match } from "node:assert/strict";
import type { JobsView, PageData, RunView } from "../../src/page/view.ts";
import { createEmulatorPage } from "../../src/app/emulator/page.ts";
import { CLOUDS } from "../../src/core/net/clouds.ts";
import { pageCookie } from "../../src/core/net/cloud_hosts.ts";
import { makeWorld, projectFiles } from "./world.ts";

/** Names that every object of JavaScript inherits. */
const NAMES = ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"];

/** The job of a pipeline, and the step of a node; neither can be named `__proto__`. */
const jobOf = (pipeline: string) => pipeline === "__proto__" ? "proto" : pipeline;

/** The keys and statuses of the steps. */
const STEPS = ["constructor", "proto", "tostring", "hasownproperty", "valueof"].map((
  key,
) => [key, "Completed"]);

/** A project whose nodes, datasets, parameters, pipelines, namespaces, jobs, tags and computes have these names. */
const FILES = {
  "src/tiny/pipeline_registry.py": `
from kedro.pipeline import node, pipeline

NAMES = ${JSON.stringify(NAMES)}


def step(before, parameter):
    return before


def register_pipelines():
    datasets = ["raw", *NAMES]
    nodes = [
        node(step, [datasets[at], f"params:{name}"], name, name=name, tags=[name])
        for at, name in enumerate(NAMES)
    ]
    every = pipeline(nodes)
    return {"__default__": every, **{name: every for name in NAMES}}
`,
  "conf/base/parameters.yml": NAMES.map((name) => `${name}:\n  ${name}: 1\n`).join(""),
  "conf/base/azureml.yml": `
workspace:
  __default__:
    subscription_id: "11111111-2222-3333-4444-555555555555"
    resource_group: "rg-golden"
    name: "ws-golden"
compute:
  __default__:
    cluster_name: "cpu-cluster"
execution:
  environment: "kedro-env@latest"
  code_directory: "."
jobs:
${NAMES.map((name) => `  ${jobOf(name)}:\n    pipeline:\n      pipeline_name: ${name}\n`).join("")}`,
};

function dataIn(html: string): PageData {
  return JSON.parse(/id="data">(.*?)<\/script>/s.exec(html)![1]!);
}

Deno.test("nodes, datasets and jobs can be named constructor or toString", async () => {
  const files = Object.entries(FILES).map(([path, text]) => [`/home/user/tiny/${path}`, text] as const);
  const outcome = { tracked: { constructor: { metrics: { toString: [1, 2] }, tags: { valueOf: "x" } } } };
  const { ctx, azure, kedroAzureml } = makeWorld({
    files: { ...projectFiles("tiny"), ...Object.fromEntries(files) },
    emulator: { outcome },
  });
  const printed = async (line: string) => {
    const [out, err] = [ctx.stdout().length, ctx.stderr().length];
    equal(await kedroAzureml(line), 0, `${line}: ${ctx.stderr().slice(err)}`);
    return ctx.stdout().slice(out);
  };
  const jobs = NAMES.map(jobOf);
  for (const job of jobs) {
    await printed(`compile -j ${job}`);
    await printed(`validate -j ${job}`);
    await printed(`submit -j ${job} --name run_${jobs.indexOf(job)} --wait`);
    await printed(`diff ${job} --against run_0`);
  }

  const listed = JSON.parse(await printed("job list --json")) as { job: string; status: string }[];
  deepEqual(
    listed.toReversed().map(({ job, status }) => [job, status]),
    jobs.map((job) => [job, "Completed"]),
  );
  const shown = JSON.parse(await printed("job show run_0 --json"));
  deepEqual(shown.steps.map((step: { step: string; status: string }) => [step.step, step.status]), STEPS);
  match(await printed("job logs run_0"), /proto │ /);
  match(await printed("job metrics run_0"), /constructor +toString +2/);
  await printed("job compare run_0 run_1");
  await printed("job report run_0 -o run.html");
  const run = dataIn(new TextDecoder().decode(ctx.files.get("/home/user/tiny/run.html"))).view as RunView;
  deepEqual(
    run.steps.map((
      { label, needs, inputs, outputs },
    ) => [label, needs, inputs.map(({ name }) => name), outputs.map(({ name }) => name)]),
    NAMES.map((name, at) => [
      // Without MLflow, a step of the body has no other name than its key.
      jobOf(name),
      at === 0 ? [] : [STEPS[at - 1]![0]],
      [NAMES[at - 1] ?? "raw", `params:${name}`],
      [name],
    ]),
  );

  const page = createEmulatorPage({ ...ctx, emulator: azure, cloud: CLOUDS.AzureCloud! });
  const cookie = `kedro_azureml_=${pageCookie(azure.identity.secret, "https://ml.azure.com")}`;
  const answer = await page(new Request("https://ml.azure.com/", { headers: { cookie } }));
  const rows = (dataIn(await answer!.text()).view as JobsView).jobs;
  deepEqual(rows.map(({ completed, steps }) => [completed, steps]), rows.map(() => [5, 5]));
});
