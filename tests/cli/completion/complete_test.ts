import assert from "node:assert/strict";
import { run } from "../../../src/cli/command_line.ts";
import { makeWorld } from "../world.ts";

/** Returns the completion of project spaceflights: its kind and values. */
async function completionsOf(word: string, ...before: readonly string[]): Promise<readonly string[]> {
  const { ctx, kedroAzureml } = makeWorld({ project: "spaceflights" });
  assert.equal(await kedroAzureml(["complete", `--word=${word}`, "--", ...before]), 0);
  const lines = ctx.stdout().trimEnd().split("\n");
  return [lines.at(-1)!.slice(1), ...lines.slice(0, -1).map((line) => line.split("\t")[0]!)];
}

Deno.test("complete offers commands except hidden ones", async () => {
  assert.deepEqual(await completionsOf("comp"), ["values", "compile", "completion"]);
  assert.deepEqual(await completionsOf("f", "job"), ["values", "follow"]);
  assert.deepEqual(await completionsOf("f", "job", "nonsense"), ["values"]);
});

Deno.test("complete prints a short description of each command", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  await kedroAzureml(["complete", "--word=comp", "--"]);
  await kedroAzureml(["complete", "--word=emu", "--"]);
  assert.equal(
    ctx.stdout(),
    "compile\tWrite jobs as YAML, to read or for `az ml job create`\n" +
      "completion\tPrint a shell completion script\n:values\n" +
      "emulator\tRun a local emulator of Azure ML\n:values\n",
  );
});

Deno.test("complete offers options of the command and global options", async () => {
  assert.deepEqual(await completionsOf("--no-", "compile"), [
    "values",
    "--no-cache",
    "--no-color",
    "--no-input",
  ]);
  assert.deepEqual(await completionsOf("--no-", "compile", "--"), ["values"]);
  assert.deepEqual(await completionsOf("--dir", "compile"), ["values", "--directory"]);
  assert.deepEqual(await completionsOf("--num", "job", "list"), ["values"], "it is hidden");
  assert.deepEqual(await completionsOf("--st", "job", "logs"), ["values", "--step"]);
  assert.deepEqual(await completionsOf("--st", "job", "nonsense", "logs"), ["values"]);
});

Deno.test("complete offers no choices of an option after --", async () => {
  assert.deepEqual(await completionsOf("m", "compile", "--", "--format"), ["values"]);
  assert.deepEqual(await completionsOf("--format=m", "compile", "--"), ["values"]);
  assert.deepEqual(await completionsOf("-jfrom_n", "run", "--"), ["values"]);
});

Deno.test("complete offers the choices of an option after a space or =", async () => {
  assert.deepEqual(await completionsOf("m", "compile", "--format"), ["values", "mermaid"]);
  assert.deepEqual(await completionsOf("--format=m", "compile"), ["values", "--format=mermaid"]);
});

for (
  const [what, line, expected] of [
    ["jobs with their descriptions", "submit -j", ["main\t", "bare\t", "one\t", "nightly\tNightly tiny run"]],
    ["workspaces with their names in Azure", "submit -w", ["__default__\tws-golden"]],
    [
      "runs with their jobs and times",
      "diff --against",
      ["owl\tone, 2026-01-02T03:04", "fox\tmain, 2026-01-02T03:04"],
    ],
    [
      "runs and their jobs for rerun",
      "rerun",
      [
        "owl\tone, 2026-01-02T03:04",
        "fox\tmain, 2026-01-02T03:04",
        "one\tits last run, owl",
        "main\tits last run, fox",
      ],
    ],
  ] as const
) {
  Deno.test(`complete offers ${what}`, async () => {
    const { ctx, kedroAzureml } = makeWorld();
    await kedroAzureml("submit -j main --name fox");
    await ctx.clock.sleep(1000);
    await kedroAzureml("submit -j one --name owl");
    const before = ctx.stdout().length;
    await kedroAzureml(["complete", "--word=", "--", ...line.split(" ")]);
    const lines = ctx.stdout().slice(before).split("\n").slice(0, -2);
    assert.deepEqual(lines, expected);
  });
}

Deno.test("complete offers runs of emulators only after --emulator", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  await kedroAzureml("submit -j main --name fox --emulator");
  const offered = async (...words: readonly string[]) => {
    const before = ctx.stdout().length;
    await kedroAzureml(["complete", "--word=", "--", ...words]);
    return ctx.stdout().slice(before).split("\n").map((line) => line.split("\t")[0]);
  };
  assert.deepEqual(await offered("job", "show", "--emulator"), ["fox", "main", ":values", ""]);
  assert.deepEqual(await offered("job", "show"), [":values", ""]);
});

Deno.test("complete offers data assets of the catalog for data push", async () => {
  const { ctx, kedroAzureml } = makeWorld({ project: "assetlab" });
  await kedroAzureml(["complete", "--word=raw", "--", "data", "push"]);
  assert.match(ctx.stdout(), /^raw-file-asset\tdataset \w+$/m);
  const before = ctx.stdout().length;
  await kedroAzureml(["complete", "--word=", "--", "data", "push", "raw-file-asset"]);
  assert.equal(ctx.stdout().slice(before), ":files\n");
});

Deno.test("complete offers commands, topics and subcommands for help", async () => {
  assert.deepEqual(await completionsOf("c", "help"), [
    "values",
    "compile",
    "config",
    "completion",
    "credentials",
    "configuration",
    "ci",
  ]);
  assert.deepEqual(await completionsOf("f", "help", "job"), ["values", "follow"]);
  assert.deepEqual(await completionsOf("", "help", "exit-codes"), ["values"]);
});

Deno.test("complete stops the project's Python after 5 seconds", async () => {
  const asked: unknown[] = [];
  const { ctx, kedroAzureml } = makeWorld({
    async exec(program, _, { timeoutMs } = {}) {
      asked.push([program, timeoutMs]);
      return { status: 0, stdout: "", stderr: "", found: true, timedOut: true };
    },
  });
  await kedroAzureml(["complete", "--word=", "--", "inspect", "--python", "/venv/bin/python", "--nodes"]);
  assert.deepEqual([asked, ctx.stdout()], [[["/venv/bin/python", 5000]], ":values\n"]);
});

const FROM_NODES:
  readonly (readonly [what: string, line: string, word: string, expected: readonly string[]])[] = [
    ["nodes for the last item of a list", "inspect --nodes", "split_data_node,eval", [
      "split_data_node,evaluate_model_node",
    ]],
    ["nodes to start from", "inspect --from-nodes", "eval", ["evaluate_model_node"]],
    ["inputs of nodes", "inspect --from-inputs", "mod", ["model_input_table"]],
    ["nodes for --step", "job logs --step", "eval", ["evaluate_model_node"]],
    ["nodes for each item of --fail", "rehearse --fail", "a,eval", ["a,evaluate_model_node"]],
    ["the steps' datasets for --dataset", "job download --dataset", "m", [
      "model_input_table",
      "metrics",
    ]],
    ["tags of nodes, each once", "inspect --tags", "n", ["nightly"]],
    ["ways to group nodes", "compile --group-by", "", ["none", "chain", "namespace", "all"]],
  ];

for (const [what, line, word, expected] of FROM_NODES) {
  Deno.test(`complete offers ${what}`, async () => {
    // Completion has a time limit, so read the project into the cache first.
    await makeWorld({ project: "spaceflights" }).kedroAzureml("inspect");
    assert.deepEqual(await completionsOf(word, ...line.split(" ")), ["values", ...expected]);
  });
}

Deno.test("complete offers each prefix of tags for --group-by once", async () => {
  const { ctx, kedroAzureml, printed } = makeWorld();
  const registry = `${ctx.cwd}/src/tiny/pipeline_registry.py`;
  const tags = ["stage.load", "plain", "x.", "stage.fit", "team.a"];
  await ctx.fs.writeText(
    registry,
    (await ctx.fs.readText(registry)).replace('name="clean"', `name="clean", tags=${JSON.stringify(tags)}`),
  );
  await kedroAzureml("inspect");
  assert.equal(
    await printed(["complete", "--word=tag", "--", "compile", "--group-by"]),
    "tag:stage\t\ntag:team\t\n:values\n",
  );
});

Deno.test("complete offers jobs of factories with their descriptions", async () => {
  const { kedroAzureml, printed } = makeWorld({ project: "fleets" });
  await kedroAzureml("inspect");
  assert.match(
    await printed(["complete", "--word=emea-bike", "--", "submit", "-j"]),
    /^emea-bike-training\t/m,
  );
});

Deno.test("complete leaves files and folders to the shell", async () => {
  assert.deepEqual(await completionsOf("", "compile", "-o"), ["files"]);
  assert.deepEqual(await completionsOf("--params-file=x", "compile"), ["files"]);
  assert.deepEqual(await completionsOf("", "-C"), ["folders"]);
});

Deno.test("complete reports an internal error", async () => {
  const { ctx } = makeWorld();
  const readText = () => Promise.reject(new TypeError("It is undefined"));
  const broken = { ...ctx, fs: { ...ctx.fs, readText } };
  assert.equal(await run(["complete", "--word=", "--", "submit", "-j"], broken), 70);
  assert.equal(ctx.stdout(), "");
  assert.match(ctx.stderr(), /^error: Internal error in kedro-azureml \S+: It is undefined\n/);
});

Deno.test("complete reads the project with --python, except for rehearse", async () => {
  await makeWorld({ project: "spaceflights" }).kedroAzureml("inspect");
  const python = ["--python", "no-such-python"];
  assert.deepEqual(await completionsOf("eval", "inspect", ...python, "--nodes"), ["values"]);
  assert.deepEqual(await completionsOf("eval", "rehearse", ...python, "--fail"), [
    "values",
    "evaluate_model_node",
  ]);
});

Deno.test("complete offers jobs of the project in the folder of -C", async () => {
  const { ctx, kedroAzureml } = makeWorld({ cwd: "/home/user" });
  for (
    const line of ["-C tiny submit -j", "submit -C tiny -j", "submit -Ctiny -j", "submit --directory=tiny -j"]
  ) {
    const before = ctx.stdout().length;
    await kedroAzureml(["complete", "--word=", "--", ...line.split(" ")]);
    assert.equal(
      ctx.stdout().slice(before),
      "main\t\nbare\t\none\t\nnightly\tNightly tiny run\n:values\n",
    );
  }
});

Deno.test("complete never offers names with shell syntax or leading hyphens", async () => {
  const { ctx, kedroAzureml, edit } = makeWorld();
  const job =
    "  '$(touch x)': &job\n    pipeline: {pipeline_name: __default__}\n  '--python=./touch': *job\n  'fine':\n    pipeline: {pipeline_name: __default__}\n";
  await edit("conf/base/azureml.yml", [/^jobs:\n/m, `jobs:\n${job}`]);
  await kedroAzureml(["complete", "--", "submit", "-j"]);
  assert.match(ctx.stdout(), /^fine\t$/m);
  assert.doesNotMatch(ctx.stdout(), /touch/);
});
