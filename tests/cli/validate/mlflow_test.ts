import assert from "node:assert/strict";
import { makeWorld } from "../world.ts";

Deno.test("validate warns about MLflow in an environment without azureml-mlflow", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  const write = (path: string, text: string) => ctx.fs.writeText(`${ctx.cwd}/${path}`, text);
  const packages = "kedro~=1.0, kedro-azureml-pipeline==0.1.0, mlflow, s3fs, pandas";
  const conda = (more: string) => `dependencies: [python=3.11, {pip: [${packages}${more}]}]\n`;
  await write("environment/environment.yml", "name: kedro-env\nimage: img:1\nconda_file: conda.yml\n");
  await write("environment/conda.yml", conda(""));
  const nodes = `${ctx.cwd}/src/tiny/pipeline_registry.py`;
  await ctx.fs.writeText(nodes, `import mlflow\n${await ctx.fs.readText(nodes)}`);
  await kedroAzureml("validate main");
  assert.match(
    ctx.stdout(),
    /! src\/tiny\/pipeline_registry\.py:1:1: MLflow logs to Azure ML with azureml-mlflow, which environment\/conda\.yml does not install, unless the code logs to a server of its own \[environment\.package_missing\]\n {2}hint: Add `azureml-mlflow>=1.62` to environment\/conda\.yml/,
  );
  await write("environment/conda.yml", conda(", azureml-mlflow"));
  const before = ctx.stdout().length;
  await kedroAzureml("validate main");
  assert.doesNotMatch(ctx.stdout().slice(before), /azureml-mlflow/);
});
