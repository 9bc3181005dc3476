import { fileURLToPath } from "node:url";
import { deepStrictEqual, equal, match, ok } from "node:assert/strict";
import { parse } from "yaml";
import { run } from "../../../src/cli/command_line.ts";
import { systemFs } from "../../../src/system/fs.ts";
import { fakeContext } from "../../fakes/context.ts";

const golden = fileURLToPath(new URL("../../golden/", import.meta.url));

const contexts = [["layered", "prod"], ["layered", "base"], ["fleets", "more"], [
  "trackflow",
  "prod",
]] as const;

for (const [project, env] of contexts) {
  Deno.test(`config show returns the values of Kedro's loader: ${project} in ${env}`, async () => {
    const { azureml } = JSON.parse(await Deno.readTextFile(`${golden}${project}/context-${env}.json`));
    const [exit, out, err] = await show(project, ["-e", env, "--json"]);
    equal(exit, 0, err);
    const { values } = JSON.parse(out) as { values: { key: string; value: unknown }[] };
    deepStrictEqual(
      Object.fromEntries(values.map(({ key, value }) => [key, value])),
      Object.fromEntries(leaves(azureml, "")),
    );
    deepStrictEqual(values, values.map(({ key, value }) => ({ key, value })));
  });
}

Deno.test("config show --origin prints the file and line of each value", async () => {
  const [, out] = await show("layered", ["-e", "prod", "--origin"]);
  const line = out.split("\n").find((one) => one.includes("display_name: Prod main"))!;
  equal(
    line.trim(),
    "display_name: Prod main # conf/prod/azureml.yml:6:19, overrides conf/base/azureml_jobs.yml:1:1",
  );
  ok((await lineIn("conf/prod/azureml.yml", 6)).includes("Prod main"));
  ok((await lineIn("conf/base/azureml_jobs.yml", 1)).startsWith("jobs:"));
});

Deno.test("config show --origin prints the file and line of an interpolated value", async () => {
  const [, out] = await show("layered", ["-e", "prod", "--origin"]);
  const line = out.split("\n").find((one) => one.includes("experiment_name: acme-prod-exp"))!;
  equal(
    line.trim(),
    "experiment_name: acme-prod-exp # conf/prod/azureml.yml:5:22, " +
      "interpolated from conf/prod/globals.yml:1:6 (overrides conf/base/globals.yml:1:6), " +
      "overrides conf/base/azureml_jobs.yml:1:1",
  );
  ok((await lineIn("conf/prod/globals.yml", 1)).includes("acme-prod"));
});

for (const [project, env] of contexts) {
  for (const flags of [[], ["--origin"]]) {
    Deno.test(`${["config show", ...flags].join(" ")} prints the values of --json as YAML: ${project} in ${env}`, async () => {
      const [, json] = await show(project, ["-e", env, "--json"]);
      const { values } = JSON.parse(json) as { values: { key: string; value: unknown }[] };
      const [, out] = await show(project, ["-e", env, ...flags]);
      deepStrictEqual(
        leaves(parse(out, { version: "1.1" }), ""),
        values.map(({ key, value }) => [key, value]),
      );
    });
  }
}

Deno.test("config show prints its own output unchanged", async () => {
  const pasted = async (text: string) => {
    const ctx = fakeContext({ files: { ...PROJECT_FILES, "/project/conf/base/azureml.yml": text } });
    equal(await run(["config", "show"], ctx), 0, ctx.stderr());
    return ctx.stdout();
  };
  const first = await pasted('jobs: {main: {params: {a: "\\\\${b}", "n": 1.0, t: "on", e: {}, l: []}}}\n');
  ok(first.includes("\\${b}") && first.includes('"n": 1.0'), first);
  equal(await pasted(first), first);
});

Deno.test("config show masks secrets in texts and lists", async () => {
  const jobs =
    'jobs: {main: {display_name: "${globals:a}-${globals:b}", description: by hush-hush, params: {l: ["password=x", hush-hush]}}}';
  const files = {
    ...PROJECT_FILES,
    "/project/conf/base/globals.yml": "a: x\nb: y\n",
    "/project/conf/base/azureml.yml": jobs,
  };
  const printed = async (option: string) => {
    const ctx = fakeContext({ files, env: { AZURE_CLIENT_SECRET: "hush-hush" } });
    equal(await run(["config", "show", option], ctx), 0, ctx.stderr());
    return ctx.stdout();
  };
  const { values } = JSON.parse(await printed("--json")) as { values: { key: string; value: unknown }[] };
  deepStrictEqual(values.map(({ key, value }) => [key, value]), [
    ["jobs.main.display_name", "x-y"],
    ["jobs.main.description", "by ***"],
    ["jobs.main.params.l[0]", "password=***"],
    ["jobs.main.params.l[1]", "***"],
  ]);
  const yaml = await printed("--origin");
  match(
    yaml,
    /x-y # conf\/base\/azureml\.yml:1:29, interpolated from conf\/base\/globals\.yml:1:4 and conf\/base\/globals\.yml:2:4\n/,
  );
  deepStrictEqual(yaml.match(/hush|=x/), null);
});

const PROJECT_FILES = {
  "/project/pyproject.toml":
    '[tool.kedro]\npackage_name = "p"\nproject_name = "p"\nkedro_init_version = "1.7.0"\n',
  "/project/src/p/settings.py": "",
  "/project/conf/local/.gitkeep": "",
};

/** Returns the values of nested data by dotted key; empty mappings and lists are values. */
function leaves(value: unknown, key: string): [string, unknown][] {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return [[key, value]];
  return Object.entries(value).flatMap(([name, item]) => {
    if (Array.isArray(value)) return leaves(item, `${key}[${name}]`);
    return leaves(item, key === "" ? name : `${key}.${name}`);
  });
}

async function lineIn(file: string, line: number): Promise<string> {
  const text = await Deno.readTextFile(`${golden}projects/layered/${file}`);
  return text.split("\n")[line - 1]!;
}

async function show(project: string, argv: readonly string[]) {
  const ctx = fakeContext({ fs: systemFs, cwd: `${golden}projects/${project}` });
  return [await run(["config", "show", ...argv], ctx), ctx.stdout(), ctx.stderr()] as const;
}
