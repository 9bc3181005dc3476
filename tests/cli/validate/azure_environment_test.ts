import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { CONDA, emptyWorkspace } from "../setup/empty_workspace.ts";
import { makeWorld } from "../world.ts";

/** A project whose environment is in Azure with one conda file, and on this machine with another. */
async function withEnvironments({ azure, local }: { readonly azure: string; readonly local: string }) {
  const { ctx, kedroAzureml, prepare } = emptyWorkspace();
  await prepare();
  const conda = `${ctx.cwd}/environment/conda.yml`;
  await ctx.fs.writeText(conda, azure);
  equal(await kedroAzureml("setup --yes"), 0, ctx.stderr());
  await ctx.fs.writeText(conda, local);
  return async (line: string) => {
    const before = ctx.stdout().length;
    await kedroAzureml(line);
    return ctx.stdout().slice(before);
  };
}

const WITHOUT_DATASETS = CONDA.replace(/.*kedro-datasets.*\n/, "");

Deno.test("validate --online checks the packages of the environment in Azure", async () => {
  const run = await withEnvironments({ azure: WITHOUT_DATASETS, local: CONDA });
  doesNotMatch(await run("validate main"), /package_missing/);
  match(
    await run("validate main --online"),
    /conf\/base\/azureml\.yml:10:16: environment kedro-env:1 does not list pandas, which steps need.*\[environment\.package_missing\]/,
  );
});

Deno.test("submit fails for a package missing in the environment in Azure", async () => {
  const { ctx, azure, kedroAzureml, prepare } = emptyWorkspace();
  await prepare();
  await ctx.fs.writeText(
    `${ctx.cwd}/environment/environment.yml`,
    "name: kedro-env\nimage: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04\nconda_file: conda.yml\n",
  );
  equal(await kedroAzureml("setup --yes"), 0, ctx.stderr());
  const nodes = `${ctx.cwd}/src/tiny/pipeline_registry.py`;
  await ctx.fs.writeText(nodes, `import polars\n${await ctx.fs.readText(nodes)}`);
  const printed = async (line: string, exit: number) => {
    const [out, err] = [ctx.stdout().length, ctx.stderr().length];
    equal(await kedroAzureml(line), exit, ctx.stderr());
    return ctx.stdout().slice(out) + ctx.stderr().slice(err);
  };
  const hint = /hint: Add `polars` to environment\/conda\.yml, then run `kedro-azureml environment push`/;
  match(await printed("submit main", 3), hint);
  await ctx.fs.writeText(`${ctx.cwd}/environment/conda.yml`, `${CONDA}      - polars\n`);

  const refused = await printed("submit main", 3);
  match(refused, /imports polars, which environment kedro-env:1 does not install/);
  match(refused, hint);
  deepEqual(azure.resources("codes").length + azure.resources("components").length, 0);
  match(await printed("validate main --online", 3), hint);
  match(
    await printed("setup --dry-run", 0),
    /^ {2}~ environment kedro-env:2 .*: its conda file changed since version 1; /m,
  );

  equal(await kedroAzureml("setup --yes"), 0, ctx.stderr());
  match(await printed("setup", 0), /= exists: environment kedro-env@latest$/m);
  match(await printed("submit main", 0), /Submitted/);
});

Deno.test("validate --online ignores the local definition of an environment in Azure", async () => {
  const run = await withEnvironments({ azure: CONDA, local: WITHOUT_DATASETS });
  match(
    await run("validate main"),
    /imports pandas, which environment\/conda\.yml does not install \[environment\.package_missing\]/,
  );
  doesNotMatch(await run("validate main --online"), /package_missing/);
});

Deno.test("validate ignores packages of a dataset factory without datasets in the job", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  const write = (path: string, text: string) => ctx.fs.writeText(`${ctx.cwd}/${path}`, text);
  const packages = "kedro~=1.0, kedro-azureml-pipeline==0.1.0, pandas, kedro-datasets";
  await write("environment/environment.yml", "name: kedro-env\nimage: img:1\nconda_file: conda.yml\n");
  await write("environment/conda.yml", `dependencies: [python=3.11, {pip: [${packages}]}]\n`);
  const catalog = await ctx.fs.readText(`${ctx.cwd}/conf/base/catalog.yml`);
  await write(
    "conf/base/catalog.yml",
    `${catalog}"clean{name}":\n  type: kedro_mlflow.io.metrics.MlflowMetricDataset\n`,
  );
  const lack = /MlflowMetricDataset" of dataset "cleaned" imports kedro_mlflow/;
  await kedroAzureml("validate main");
  match(ctx.stdout(), lack);
  const before = ctx.stdout().length;
  await kedroAzureml("validate one");
  doesNotMatch(ctx.stdout().slice(before), /kedro_mlflow/);
});

Deno.test("validate --online --allow makes an error of Azure a warning", async () => {
  const emulator = { seed: { computes: [] } };
  const found = async (more: string, exit: number) => {
    const { ctx, kedroAzureml } = makeWorld({ emulator });
    equal(await kedroAzureml(`validate main --online --json${more}`), exit, ctx.stdout());
    const { findings } = JSON.parse(ctx.stdout());
    return findings.filter(({ code }: { code: string }) => code === "compute.not_found")
      .map(({ severity }: { severity: string }) => severity);
  };
  deepEqual(await found("", 5), ["error"]);
  deepEqual(await found(" --allow compute.not_found", 0), ["warning"]);
});
