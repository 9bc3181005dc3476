import { doesNotMatch, equal, match } from "node:assert/strict";
import { CONDA, emptyWorkspace } from "../setup/empty_workspace.ts";

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
    /conf\/base\/azureml\.yml:\d+:\d+: environment kedro-env:1 does not list pandas, which steps need.*\[environment\.package_missing\]/,
  );
});

Deno.test("validate --online ignores the local definition of an environment that exists in Azure", async () => {
  const run = await withEnvironments({ azure: CONDA, local: WITHOUT_DATASETS });
  match(
    await run("validate main"),
    /imports pandas, which environment\/conda\.yml does not install \[environment\.package_missing\]/,
  );
  doesNotMatch(await run("validate main --online"), /package_missing/);
});
