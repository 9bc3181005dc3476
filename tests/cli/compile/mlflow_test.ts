import { deepEqual, equal } from "node:assert/strict";
import { parse } from "yaml";
import { makeWorld } from "../world.ts";

interface Job {
  readonly jobs: Readonly<Record<string, { readonly component: Component }>>;
}

interface Component {
  readonly environment_variables: Readonly<Record<string, string>>;
}

/** Compiles a job of project trackflow with a settings.py and a file of requirements, or more of one. */
async function compiled(
  settings: string,
  requirements: string,
  file = "requirements.txt",
): Promise<{ job: Job; warnings: string }> {
  const { ctx, kedroAzureml } = makeWorld({ project: "trackflow" });
  await ctx.fs.writeText(`${ctx.cwd}/src/trackflow/settings.py`, settings);
  const before = file === "pyproject.toml" ? await ctx.fs.readText(`${ctx.cwd}/${file}`) : "";
  await ctx.fs.writeText(`${ctx.cwd}/${file}`, before + requirements);
  const mlflow = `${ctx.cwd}/conf/base/mlflow.yml`;
  await ctx.fs.writeText(mlflow, `${await ctx.fs.readText(mlflow)}  run: {name: "\${km.random_name:}"}\n`);
  equal(await kedroAzureml("compile fallback -o -"), 0, ctx.stderr());
  return { job: parse(ctx.stdout()), warnings: ctx.stderr() };
}

const variables = ({ jobs }: Job) =>
  Object.values(jobs).map(({ component }) => component.environment_variables);

const USED = [
  ["", "kedro-mlflow~=2.0\n"],
  ["", "kedro-azureml-pipeline[mlflow]==0.1.0\n"],
  ["from kedro_mlflow.framework.hooks import MlflowHook\nHOOKS = (MlflowHook(),)\n", "kedro\n"],
  ["", "kedro # not 3.8\nKedro_MLflow[x]>=0.14 ; python_version > '3.8'\n", "requirements/prod.txt"],
  ["", '[project.optional-dependencies]\nlog = ["kedro-mlflow"]\n', "pyproject.toml"],
  ["", '[dependency-groups]\nlog = [\n  "kedro-mlflow>=0.14",\n]\n', "pyproject.toml"],
  ["", "[options]\ninstall_requires =\n    kedro-mlflow\n", "setup.cfg"],
] as const;
for (const [settings, requirements, file] of USED) {
  Deno.test(`compile reads mlflow.yml with ${settings.split("\n")[0]}${requirements.trim()} in ${file ?? "requirements.txt"}`, async () => {
    // The plugin wrote the same with this settings.py and kedro-mlflow 2.0.3 as with the pattern in settings.py.
    const golden = new URL("../../golden/trackflow/fallback.yml", import.meta.url);
    const { job, warnings } = await compiled(settings, requirements, file);
    deepEqual(variables(job), variables(parse(await Deno.readTextFile(golden))));
    equal(warnings, "");
  });
}

Deno.test("compile warns about mlflow.yml in a project without kedro-mlflow", async () => {
  const { job, warnings } = await compiled(
    "",
    "kedro\n# kedro-mlflow\nmy-kedro-mlflow\nkedro-mlflow-extra\n",
  );
  deepEqual(new Set(variables(job).flatMap(Object.keys)), new Set(["KEDRO_ENV"]));
  equal(
    warnings,
    "warning: conf/base/mlflow.yml is not read, because the project does not require kedro-mlflow (conf/base/mlflow.yml:1:1)\n" +
      "hint: Add `kedro-mlflow` to requirements.txt, or set `experiment_name` of the jobs in azureml.yml\n",
  );
});

Deno.test("compile ignores mlflow.yml if settings.py disables kedro-mlflow", async () => {
  const { job, warnings } = await compiled(
    'DISABLE_HOOKS_FOR_PLUGINS = (\n    "kedro_mlflow",\n)\n',
    "kedro-mlflow\n",
  );
  deepEqual(new Set(variables(job).flatMap(Object.keys)), new Set(["KEDRO_ENV"]));
  equal(warnings, "");
});
