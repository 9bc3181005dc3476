import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { SIGNED_IN } from "../../fakes/seed.ts";
import { makeWorld, type WorldOptions } from "../world.ts";

/** A project whose azureml.yml and registry are changed, and what a command of it exits with and prints. */
async function changed(
  changes: Readonly<Record<string, readonly (readonly [string, string])[]>>,
  added: Readonly<Record<string, string>> = {},
) {
  const { ctx, kedroAzureml, edit } = makeWorld();
  for (const [name, text] of Object.entries(added)) await ctx.fs.writeText(`${ctx.cwd}/${name}`, text);
  for (const [name, edits] of Object.entries(changes)) await edit(name, ...edits);
  return async (line: string) => {
    const [out, err] = [ctx.stdout().length, ctx.stderr().length];
    const exit = await kedroAzureml(line);
    return { exit, out: ctx.stdout().slice(out), err: ctx.stderr().slice(err) };
  };
}

const CONFIG = "conf/base/azureml.yml";

Deno.test("submit ignores an invalid schedule", async () => {
  const run = await changed({ [CONFIG]: [["0 2 * * *", "0 25 * * *"]] });
  const { exit, out } = await run("validate nightly");
  equal(exit, 3);
  match(out, /schedule\.cron\.expression: .* \[schedule\.cron\]$/m);
  equal((await run("submit nightly")).exit, 0);
});

Deno.test("compile warns about an unknown workspace and ignored compute", async () => {
  const edits = [[
    "pipeline_name: one",
    "pipeline_name: one\n    workspace: nope\n    compute: big",
  ]] as const;
  const run = await changed({ [CONFIG]: edits });
  equal((await run("compile main")).err, "");
  const { err } = await run("compile one");
  match(err, /^warning: Cannot submit job "one": workspace "nope" is not defined in azureml\.yml/m);
  match(err, /Steps run on big, the compute of job "one"; the plugin runs them on cpu-cluster/);
});

Deno.test("submit prints warnings before errors", async () => {
  const edits = [['"rg-golden"', '"<resource group>"']] as const;
  const unread = { "conf/base/mlflow.yml": "tracking: {experiment: {name: shop}}\n" };
  const others = [...edits, ["pipeline_name: one", "pipeline_name: nope"]] as const;
  const unknown = await changed({ [CONFIG]: others }, unread);
  const first = await unknown("submit one");
  equal(first.exit, 3);
  match(
    first.err,
    /^warning: conf\/base\/mlflow\.yml is not read[^]*\nerror: Cannot submit: 2 problems found\n/,
  );
  match(first.err, /✗ .*No .* chosen yet[^]*✗ .*Unknown pipeline "nope"/);
  const placeholder = await changed({ [CONFIG]: edits }, unread);
  const second = await placeholder("submit one");
  equal(second.exit, 3);
  match(second.err, /^warning: conf\/base\/mlflow\.yml is not read[^]*\nerror: Cannot submit: /);
  equal(second.err.match(/chosen yet/gi)?.length, 1, second.err);
});

Deno.test("validate reports an unreadable azureml.yml together with unreadable code", async () => {
  const registry = "src/tiny/pipeline_registry.py";
  const run = await changed({
    [CONFIG]: [["compute:", "<<<<<<< HEAD\ncompute:"]],
    [registry]: [["def register_pipelines", "def register_pipelines("]],
  });
  const { exit, out } = await run("validate");
  equal(exit, 3);
  match(
    out,
    /^✗ conf\/base\/azureml\.yml:\d+: Cannot read .*: merge conflict in line \d+ \[config\.yaml\]$/m,
  );
  match(out, /^✗ src\/tiny\/pipeline_registry\.py:.* SyntaxError: .*\[kedro\.project_code\]$/m);
});

Deno.test("validate reports an unreadable catalog together with unreadable parameters", async () => {
  const run = await changed({
    "conf/base/catalog.yml": [["s3://", '"s3://']],
    "conf/base/parameters.yml": [["{}", "seed: 1\n\tpassword: hush"]],
  });
  const { exit, out } = await run("validate");
  equal(exit, 3);
  match(
    out,
    /^✗ conf\/base\/catalog\.yml:3:13: Cannot read .*: this quote is not closed \[kedro\.catalog\]\n {4}filepath: "s3:.+\n {2}hint: Close/m,
  );
  match(
    out,
    /^✗ conf\/base\/parameters\.yml:2:1: .* tab.*\[kedro\.parameters\]\n {4}password: \*+\n {2}hint: Replace the tab/m,
  );
});

Deno.test("validate reports an empty compute, unlike the plugin", async () => {
  const run = await changed({
    [CONFIG]: [
      ["execution:", '  big:\n    cluster_name: ""\nexecution:'],
      ["pipeline_name: one", "pipeline_name: one\n    compute: big"],
    ],
  });
  match((await run("validate one")).out, /`compute\.big\.cluster_name` is empty, so steps use cpu-cluster/);
});

Deno.test("validate names an unreadable conda file", async () => {
  const { ctx, kedroAzureml, edit } = makeWorld();
  const definition = "name: kedro-env\nimage: ubuntu\nconda_file: conda.yml\n";
  await ctx.fs.writeText(`${ctx.cwd}/environment/environment.yml`, definition);
  await ctx.fs.writeText(`${ctx.cwd}/environment/conda.yml`, "dependancies:\n  - python=3.11\n");
  await kedroAzureml("validate main");
  match(
    ctx.stdout(),
    /^! environment\/conda\.yml:1:1: .* has no list `dependencies`.*\n {2}hint: Rename "dependancies"/m,
  );
  await edit(CONFIG, [/^jobs:[^]*/m, "jobs: {}\n"]);
  await kedroAzureml("validate");
  match(ctx.stdout(), /azureml\.yml has no jobs.*\[job\.none\]/);
});

Deno.test("validate accepts a variable of steps from --env-var", async () => {
  const run = await changed({
    "src/tiny/pipeline_registry.py": [[
      "def count",
      'import os\n\n\ndef shop():\n    return os.environ["SHOP"]\n\n\ndef count',
    ]],
  });
  match((await run("validate main")).out, /SHOP.* \[code\.env_not_in_step\]$/m);
  doesNotMatch((await run("validate main --env-var SHOP=1")).out, /env_not_in_step/);
});

Deno.test("validate reports placeholders among other findings", async () => {
  const run = await changed({
    "conf/base/catalog.yml": [["CSVDataset", "CSVDatset"]],
    [CONFIG]: [['"rg-golden"', '"<resource group>"'], ["kedro-env@", "<environment>@"]],
  });
  const placesOf = async (options: string) => {
    const { findings } = JSON.parse((await run(`validate main --json${options}`)).out);
    return findings.filter(({ code }: { code: string }) => code === "config.placeholder")
      .map(({ place }: { place?: { line: number } }) => place?.line);
  };
  deepEqual(await placesOf(""), [4]);
  deepEqual(await placesOf(" --aml-env <env>@latest"), [4, undefined]);
  match((await run("validate main")).out, /Did you mean "pandas\.CSVDataset"/);
});

Deno.test("validate accepts a package within a namespace package", async () => {
  const { ctx, kedroAzureml, edit } = makeWorld();
  for (const [path, bytes] of [...ctx.files].filter(([path]) => path.includes("/src/tiny/"))) {
    ctx.files.set(path.replace("/src/tiny/", "/src/acme/tiny/"), bytes);
    ctx.files.delete(path);
  }
  await edit("pyproject.toml", ['package_name = "tiny"', 'package_name = "acme.tiny"']);
  equal(await kedroAzureml("validate main"), 0, ctx.stdout() + ctx.stderr());
  doesNotMatch(ctx.stdout(), /acme/);
});

for (
  const [what, options, changes, code] of [
    ["a snapshot", " --snapshot pyproject.toml", {}, "snapshot.unreadable"],
    ["azureml.yml", "", { [CONFIG]: [["jobs:", "jobs: ["]] }, "config.yaml"],
    ["the pipelines", "", {
      "src/tiny/pipeline_registry.py": [["def count", "raise ValueError\n\n\ndef count"]],
    }, "kedro.project_code"],
  ] as const
) {
  Deno.test(`validate reports a problem if ${what} cannot be read`, async () => {
    const run = await changed(changes);
    const { exit, out } = await run(`validate --json${options}`);
    const { ok, jobs, findings } = JSON.parse(out);
    deepEqual([exit, ok, jobs, findings.map(({ code }: { code: string }) => code)], [3, false, [], [code]]);
  });
}

for (
  const [what, options, changes, code] of [
    ["parameters of the command line", " --params alhpa=1", {}, "params.unknown"],
    [
      "parameters of a job",
      "",
      { [CONFIG]: [["  main:\n", "  main:\n    params: {alhpa: 1}\n"]] },
      "params.unknown",
    ],
  ] as const
) {
  Deno.test(`validate reports misspelled ${what}`, async () => {
    const { out } = await (await changed(changes))(`validate main --json${options}`);
    const finding = JSON.parse(out).findings.find((found: { code: string }) => found.code === code);
    match(finding.message, /alhpa/, out);
  });
}

Deno.test("validate warns about uncommitted changes", async () => {
  const codesOf = async (line: string, world: WorldOptions) => {
    const { ctx, kedroAzureml } = makeWorld(world);
    await kedroAzureml(`${line} --json`);
    return JSON.parse(ctx.stdout()).findings.map(({ code }: { code: string }) => code);
  };
  const env = { ...SIGNED_IN, AZUREML_GIT_DIRTY: "true", AZUREML_GIT_COMMIT: "a".repeat(40) };
  ok((await codesOf("validate main", { env })).includes("git.dirty"));
  ok((await codesOf("validate all", { project: "disttrain" })).includes("compile.processes_ignored"));
});

Deno.test("validate accepts a dataset class of an imported library", async () => {
  const catalog = [["pandas.CSVDataset", "warehouse.io.RidesDataset"]] as const;
  const imports = [["def count", "import warehouse.client\n\n\ndef count"]] as const;
  const isUnknown = async (code: Parameters<typeof changed>[0]) => {
    const run = await changed({ "conf/base/catalog.yml": catalog, ...code });
    return (await run("validate main")).out.includes("[dataset.unknown_class]");
  };
  equal(await isUnknown({}), true);
  equal(await isUnknown({ "src/tiny/pipeline_registry.py": imports }), false);
});
