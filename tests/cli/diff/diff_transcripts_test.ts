import { deepEqual, equal, match } from "node:assert/strict";

import { eachRequestFailing } from "../matrix/each_request.ts";
import { makeWorld, type World } from "../world.ts";
import { assertTranscript, transcriptOf } from "../transcript.ts";

type Change = (world: World) => void;

function write(file: string, change: (text: string) => string): Change {
  return ({ ctx }) => {
    const path = `${ctx.cwd}/${file}`;
    const text = change(new TextDecoder().decode(ctx.files.get(path) ?? new Uint8Array()));
    ctx.files.set(path, new TextEncoder().encode(text));
  };
}

const remove = (file: string): Change => ({ ctx }) => void ctx.files.delete(`${ctx.cwd}/${file}`);

/** Command lines of a setup, changes to the project, and the command lines of the transcript. */
const cases: readonly {
  name: string;
  first: readonly string[];
  change?: readonly Change[];
  lines: readonly string[];
}[] = [
  {
    name: "reports no changes",
    first: ["submit -j main"],
    lines: ["diff -j main", "diff -j main --exit-code --json"],
  },
  {
    name: "prints changed code files",
    first: ["submit -j main"],
    change: [
      write("conf/base/parameters.yml", () => "alpha:\n  b: 2\nbeta: 2\n"),
      write("src/tiny/new.py", () => "x = 1\n"),
      remove(".telemetry"),
    ],
    lines: ["diff -j main --exit-code", "diff -j main --json"],
  },
  {
    name: "prints a changed variable",
    first: ["submit -j one --env-var LEVEL=info"],
    lines: ["diff -j one --env-var LEVEL=debug --exit-code"],
  },
  {
    name: "prints changed parameters, environment and variables",
    first: [`submit -j main --params {"alpha":1,"old":true} --env-var API_TOKEN=one --env-var LEVEL=info`],
    lines: [
      `diff -j main --params {"alpha":2,"new":[1]} --aml-env other-env:3 --env-var API_TOKEN=two`,
      `diff -j main --params {"alpha":2,"new":[1]} --aml-env other-env:3 --env-var API_TOKEN=two --json`,
    ],
  },
  {
    name: "compares parameters of --params",
    first: ["submit -j main --params beta=7"],
    change: [write("conf/base/parameters.yml", () => "alpha:\n  b: 2.0\nbeta: x\n")],
    lines: [
      "diff -j main --params alpha.b=3",
      "submit -j main --quiet --name second",
      "diff -j main --params alpha.b=3,beta=y --against second",
      "submit -j main --quiet --name third --params alpha.b=3",
      "job compare second third",
    ],
  },
  {
    name: "prints that the code is now in the image",
    first: ["submit -j main"],
    change: [
      write("conf/base/azureml.yml", (text) => text.replace('code_directory: "."', "code_directory: null")),
    ],
    lines: ["diff -j main --exit-code"],
  },
  {
    name: "--against prints changed steps",
    first: ["submit -j one --name first-run", "submit -j main"],
    lines: ["diff -j main --against first-run --exit-code"],
  },
  {
    name: "warns about a run submitted from another machine",
    first: ["submit -j main --name elsewhere", "submit -j one"],
    change: [({ ctx }) => {
      for (const path of ctx.files.keys()) if (path.includes("/.local/state/")) ctx.files.delete(path);
    }],
    lines: ["diff -j main", "diff -j main --json"],
  },
  { name: "fails without an earlier run", first: [], lines: ["diff -j main"] },
  {
    name: "ignores a run of another job with the same display name",
    first: ["submit -j bare --name other"],
    change: [
      write(
        "conf/base/azureml.yml",
        (text) => text.replace("\n  bare:", "\n  report:\n    pipeline: {}\n  bare:"),
      ),
    ],
    lines: ["diff -j report"],
  },
  { name: "--against fails for a missing run", first: [], lines: ["diff -j main --against nightly-7"] },
  { name: "--against fails for several jobs", first: [], lines: ["diff -j main -j one --against nightly-7"] },
];

for (const { name, first, change = [], lines } of cases) {
  Deno.test(`diff ${name}`, async (t) => {
    const world = makeWorld();
    for (const line of first) await world.kedroAzureml(line);
    change.forEach((one) => one(world));
    await assertTranscript(t, await transcriptOf(world, lines), import.meta.url);
  });
}

Deno.test("diff accepts placeholders in azureml.yml", async () => {
  const world = makeWorld();
  const { ctx, kedroAzureml } = world;
  equal(await kedroAzureml("submit -j main"), 0, ctx.stderr());
  const later = "compute:\n  later: {cluster_name: <cluster>}\n";
  write("conf/base/azureml.yml", (text) => text.replace("compute:\n", later))(world);
  equal(await kedroAzureml("submit -j main"), 3);
  equal(await kedroAzureml("diff -j main"), 0, ctx.stderr());
  match(ctx.stderr(), /^warning: No compute "later" chosen yet/m);
  write("conf/base/azureml.yml", (text) => text.replace(/ws-golden/, "<workspace>"))(world);
  equal(await kedroAzureml("diff -j main"), 3);
  match(ctx.stderr(), /^error: No workspace chosen yet.*\n {2}at conf\/base\/azureml\.yml:\d+:\d+/m);
});

Deno.test("diff prints the same output after a failed request", async () => {
  const told = new Set<string>();
  const lines = [
    "submit -j one --name a --snapshot /snapshot.json",
    "diff -j main --against a --snapshot /snapshot.json",
  ];
  for await (const { what, exit, ctx, azure } of eachRequestFailing(lines)) {
    equal(exit, 0, `${what}\n${ctx.stderr()}`);
    equal(azure.resources("jobs").length, 1, what);
    // The status depends on the time that retries take.
    told.add(ctx.stdout().replace(/ \((NotStarted|Running|Completed)\)/m, ""));
  }
  equal(told.size, 1);
});

Deno.test("diff names the steps of a change", async () => {
  const { ctx, kedroAzureml } = makeWorld({ project: "spaceflights" });
  equal(await kedroAzureml("submit -j everything --name before"), 0, ctx.stderr());
  const config = `${ctx.cwd}/conf/base/azureml.yml`;
  const before = await ctx.fs.readText(config);
  const lines: string[] = [];
  for (
    const [change, cluster, line] of [
      ["gpu:", "cpu-cluster", "-j everything"],
      ["highmem:", "gpu-cluster", "-j everything"],
      ["__default__:", "gpu-cluster", "-j everything"],
      ["__default__:", "gpu-cluster", "-j everything --to-nodes split_data_node"],
      ["__default__:", "gpu-cluster", "-j data_processing"],
      [
        "__default__:",
        "gpu-cluster",
        "-j data_processing --to-nodes preprocess_companies_node,preprocess_shuttles_node",
      ],
    ] as const
  ) {
    const at = before.indexOf(`  ${change}\n`, before.indexOf("\ncompute:"));
    const changed = before.slice(0, at) +
      before.slice(at).replace(/cluster_name: .*/, `cluster_name: ${cluster}`);
    await ctx.fs.writeText(config, changed);
    const printed = ctx.stdout().length;
    equal(await kedroAzureml(`diff ${line} --against before`), 0, ctx.stderr());
    lines.push(...ctx.stdout().slice(printed).split("\n").filter((line) => line.includes("compute:")));
  }
  deepEqual(lines, [
    "~ step train_model_node: compute: gpu-cluster → cpu-cluster",
    "~ step create_model_input_table_node: compute: highmem-cluster → gpu-cluster",
    "~ 6 of 8 steps: compute: cpu-cluster → gpu-cluster",
    "~ steps preprocess_companies_node, preprocess_shuttles_node, split_data_node: compute: cpu-cluster → gpu-cluster",
    "~ steps preprocess_companies_node, preprocess_shuttles_node: compute: cpu-cluster → gpu-cluster",
    "~ all 2 steps: compute: cpu-cluster → gpu-cluster",
  ]);
});
