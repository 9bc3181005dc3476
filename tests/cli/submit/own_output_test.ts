import { deepEqual, equal, match } from "node:assert/strict";
import { makeWorld } from "../world.ts";

/** Command lines that write a file into the project. */
const WRITES = [
  "inspect --html -o docs/view.html",
  "compile -j main -o job.yml",
  "pack -j main -o main.kap",
  "submit -j main --output-file sent/jobs.json",
  "submit -j main --wait-for-completion",
  "job report -o r/fail.html",
  "job download",
];

Deno.test("compile leaves files written by kedro-azureml out of the code", async () => {
  const { ctx, kedroAzureml, printed } = makeWorld();
  const hash = async () => {
    const { code } = JSON.parse(await printed("compile -j main --format rest -o - --json"));
    return { hash: code.hash, files: code.files.length };
  };
  const clean = await hash();
  for (const line of WRITES) {
    const files = new Set(ctx.files.keys());
    equal(await kedroAzureml(line), 0, `${line}\n${ctx.stderr()}`);
    const made = [...ctx.files.keys()].filter((path) => !files.has(path) && path.startsWith(`${ctx.cwd}/`));
    equal(made.length > 0 || line.includes("wait"), true, line);
    deepEqual(await hash(), clean, line);
  }
  await kedroAzureml("submit -j main");
  match(ctx.stderr(), /\n {2}Left out: .*r\/fail\.html.*, which kedro-azureml wrote\n/);
  await kedroAzureml("files");
  match(ctx.stdout(), /main\.kap.*output of kedro-azureml/);
});
