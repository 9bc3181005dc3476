import assert from "node:assert/strict";
import { makeWorld } from "../world.ts";

/** What a shell is answered in the spaceflights project: `kind` and the values. */
async function answered(word: string, ...before: readonly string[]): Promise<readonly string[]> {
  const { ctx, kedroAzureml } = makeWorld({ project: "spaceflights" });
  assert.equal(await kedroAzureml(["complete", `--word=${word}`, "--", ...before]), 0);
  const lines = ctx.stdout().trimEnd().split("\n");
  return [lines.at(-1)!.slice(1), ...lines.slice(0, -1).map((line) => line.split("\t")[0]!)];
}

Deno.test("commands are completed, hidden ones left out", async () => {
  assert.deepEqual(await answered("comp"), ["values", "compile", "completion"]);
  assert.deepEqual(await answered("f", "job"), ["values", "follow"]);
});

Deno.test("options are completed, those before the command too", async () => {
  assert.deepEqual(await answered("--no-", "compile"), [
    "values",
    "--no-cache",
    "--no-color",
    "--no-input",
  ]);
  assert.deepEqual(await answered("--no-", "compile", "--"), ["values"]);
});

Deno.test("choices are completed in the next word and in the same", async () => {
  assert.deepEqual(await answered("m", "compile", "--format"), ["values", "mermaid"]);
  assert.deepEqual(await answered("--format=m", "compile"), ["values", "--format=mermaid"]);
});

Deno.test("jobs are completed, after an alias of the command too", async () => {
  assert.deepEqual(await answered("from_", "submit", "-j"), ["values", "from_nodes", "from_inputs"]);
  assert.deepEqual(await answered("from_n", "run", "--dry-run", "--job"), ["values", "from_nodes"]);
  assert.deepEqual(await answered("-jfrom_n", "run"), ["values", "-jfrom_nodes"]);
});

Deno.test("rerun completes submitted jobs, not jobs of azureml.yml", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  await kedroAzureml("submit -j main");
  const name = ctx.stdout().match(/as (\S+)/)![1]!;
  const before = ctx.stdout().length;
  assert.equal(await kedroAzureml(["complete", "--word=", "--", "rerun"]), 0);
  assert.deepEqual(ctx.stdout().slice(before).split("\n").map((line) => line.split("\t")[0]), [
    name,
    ":values",
    "",
  ]);
});

Deno.test("help completes commands, topics, and the commands below a command", async () => {
  assert.deepEqual(await answered("c", "help"), [
    "values",
    "compile",
    "config",
    "completion",
    "credentials",
    "configuration",
    "ci",
  ]);
  assert.deepEqual(await answered("f", "help", "job"), ["values", "follow"]);
  assert.deepEqual(await answered("", "help", "exit-codes"), ["values"]);
});

Deno.test("schedules of azureml.yml are completed", async () => {
  const { ctx, kedroAzureml } = makeWorld({ project: "tiny" });
  assert.equal(await kedroAzureml(["complete", "--word=", "--", "schedule", "show"]), 0);
  assert.match(ctx.stdout(), /^nightly\tjob nightly$/m);
});

Deno.test("workspaces and Kedro environments are completed", async () => {
  assert.deepEqual(await answered("", "submit", "-w"), ["values", "__default__", "staging"]);
  assert.deepEqual(await answered("", "-e"), ["values", "local"]);
});

Deno.test("names of nodes are completed, the last of a list", async () => {
  // Completing gives up after some seconds; what was read before is remembered, on a busy machine too.
  await makeWorld({ project: "spaceflights" }).kedroAzureml("inspect");
  assert.deepEqual(await answered("split_data_node,eval", "inspect", "--nodes"), [
    "values",
    "split_data_node,evaluate_model_node",
  ]);
});

Deno.test("files and folders are left to the shell", async () => {
  assert.deepEqual(await answered("", "compile", "-o"), ["files"]);
  assert.deepEqual(await answered("--params-file=x", "compile"), ["files"]);
  assert.deepEqual(await answered("", "-C"), ["folders"]);
});

Deno.test("nothing is offered where nothing is known", async () => {
  assert.deepEqual(await answered("", "-e", "nowhere", "submit", "-j"), ["values"]);
  assert.deepEqual(await answered("", "compile", "--params"), ["values"]);
});

Deno.test("a name with a meaning to shells is never offered", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  const config = "/home/user/tiny/conf/base/azureml.yml";
  const text = await ctx.fs.readText(config);
  const job =
    "  '$(touch x)':\n    pipeline: {pipeline_name: __default__}\n  'fine':\n    pipeline: {pipeline_name: __default__}\n";
  await ctx.fs.writeText(config, text.replace(/^jobs:\n/m, `jobs:\n${job}`));
  await kedroAzureml(["complete", "--", "submit", "-j"]);
  assert.match(ctx.stdout(), /^fine\t$/m);
  assert.doesNotMatch(ctx.stdout(), /touch/);
});

Deno.test("jobs that were submitted from the project are completed where a job's name is wanted", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  assert.equal(await kedroAzureml("submit -j main --name my-run"), 0);
  const before = ctx.stdout().length;
  assert.equal(await kedroAzureml(["complete", "--word=my", "--", "job", "logs"]), 0);
  assert.match(ctx.stdout().slice(before), /^my-run\tmain, 20\S+\n:values\n$/);
});

Deno.test("credentials are completed", async () => {
  assert.deepEqual(await answered("azure-c", "--credential"), ["values", "azure-cli"]);
});
