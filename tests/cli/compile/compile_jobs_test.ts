import { deepEqual, equal, rejects } from "node:assert/strict";
import { compileJobs } from "../../../src/app/submit/compile.ts";
import { yamlText } from "../../../src/config/write_yaml.ts";

import { makeWorld, type World } from "../world.ts";

/** Compiles jobs of a project whose azureml.yml was changed. */
async function compiled(
  names: readonly string[],
  options: Partial<Parameters<typeof compileJobs>[1]> = { check: true },
  change: (text: string) => string = (text) => text,
  world: World = makeWorld(),
) {
  const { ctx } = world;
  const config = `${ctx.cwd}/conf/base/azureml.yml`;
  await ctx.fs.writeText(config, change(await ctx.fs.readText(config)));
  const all = { names, ...options };
  const [read, ...results] = await Array.fromAsync(compileJobs({ ...ctx, report() {} }, all));
  deepEqual(read, { type: "read", warnings: [] });
  return { results: results.filter(({ type }) => type !== "read"), ctx };
}

Deno.test("compileJobs() formats a job in each format, with its data for scripts", async () => {
  for (const format of ["yaml", "json", "rest", "mermaid"] as const) {
    const { results: [result] } = await compiled(["one"], { format, check: true });
    if (result?.type !== "compiled") throw new Error("It did not compile");
    const { formatted: { text, data, warnings }, file } = result;
    deepEqual([file, warnings], [undefined, []]);
    const graph = { job: "one", format, text };
    if (format === "yaml") equal(text, yamlText(data));
    else if (format === "json" || format === "rest") equal(text, `${JSON.stringify(data, null, 2)}\n`);
    else deepEqual(data, graph);
    equal(text.startsWith(format === "mermaid" ? "flowchart" : ""), true, text);
  }
});

Deno.test("compileJobs() rejects jobs with the same file, which on Windows and macOS may differ in case", async () => {
  const change = (text: string) => text.replace("  one:\n", "  ONE: {pipeline: {}}\n  one:\n");
  const output = "out/";
  equal((await compiled(["ONE", "one"], { output }, change)).results.length, 2);
  await rejects(compiled(["ONE", "one"], { output }, change, makeWorld({ platform: "darwin" })), {
    code: "compile.same_file",
    message: 'Jobs "ONE" and "one" would both be written to out/one.yaml',
    hint: "Compile one of them alone: `kedro-azureml compile one -o OTHER_FILE`",
  });
});
