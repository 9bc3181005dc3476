import { deepEqual, equal, rejects } from "node:assert/strict";
import { compileJobs } from "../../../src/app/submit/compile.ts";
import { yamlText } from "../../../src/config/write_yaml.ts";
import { slashed } from "../../fakes/paths.ts";
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

const textOf = (file: string, { ctx }: Pick<World, "ctx">) => ctx.fs.readText(`${ctx.cwd}/${file}`);

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

Deno.test("compileJobs() writes a file for each job in a folder, or one file", async () => {
  const cases = [
    [["one"], "out/", "json", ["out/one.json"]],
    [["main", "one"], "out/", "json", ["out/main.json", "out/one.json"]],
    [["main", "one"], "jobs.yaml", "yaml", ["jobs_main.yaml", "jobs_one.yaml"]],
    [["main", "one"], "conf", "mermaid", ["conf/main.mmd", "conf/one.mmd"]],
    [["one"], "job", "yaml", ["job"]],
  ] as const;
  for (const [names, file, format, files] of cases) {
    const made = await compiled(names, { output: file, format });
    const written = made.results.map((result) => result.type === "compiled" && slashed(result.file!));
    deepEqual(written, files.map((file) => `${made.ctx.cwd}/${file}`));
    for (const [at, result] of made.results.entries()) {
      equal(result.type === "compiled" && result.formatted.text, await textOf(files[at]!, made));
    }
  }
  const { results: [printed] } = await compiled(["one"], { output: "-" });
  equal(printed?.type === "compiled" && printed.file, undefined);
  await rejects(compiled(["one"], { output: "pyproject.toml" }), { code: "file.exists" });
  const { results } = await compiled(["one"], { output: "pyproject.toml", force: true });
  equal(results.length, 1);
});

Deno.test("compileJobs() returns what keeps a job from being submitted, and which jobs do not compile", async () => {
  const change = (text: string) =>
    text.replace('code_directory: "."', 'code_directory: "none"')
      .replace("  one:\n", "  broken: {pipeline: {pipeline_name: nope}}\n  one:\n    workspace: lost\n");
  const { results: [one, broken] } = await compiled(["one", "broken"], { check: true }, change);
  if (one?.type !== "compiled" || broken?.type !== "failed") throw new Error("Not as expected");
  deepEqual(one.warnings.map(({ code }) => code), ["compile.code_not_a_folder", "workspace.unknown"]);
  deepEqual([broken.job, broken.error.code], ["broken", "pipeline.unknown"]);
  await rejects(compiled(["broken"], { output: "-" }, change), { code: "pipeline.unknown" });
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
