import { deepEqual, equal, match } from "node:assert/strict";
import { readEnvironmentFiles } from "../../../../src/azureml/features/requirements/job_environment.ts";
import { provides } from "../../../../src/azureml/features/requirements/provided.ts";
import {
  allows,
  isCapped,
  parseCondaRequirement,
  parsePoetryRequirement,
  parseRequirement,
} from "../../../../src/azureml/features/requirements/requirement.ts";
import { fakeContext } from "../../../fakes/context.ts";

const PLACE = { file: "f", line: 1, column: 1 };

Deno.test("parseRequirement() reads names, extras and versions", () => {
  const parsed = [
    "pandas",
    "Scikit_Learn >= 1.4, <2 ; python_version > '3.8'",
    "kedro-datasets[pandas.CSVDataSet, pickle]~=3.0",
    "acme @ git+https://host/acme.git",
  ].map((text) => parseRequirement(text, PLACE)!);
  deepEqual(parsed.map(({ name, extras, versions }) => [name, extras, versions]), [
    ["pandas", [], ""],
    ["scikit-learn", [], ">= 1.4, <2"],
    ["kedro-datasets", ["pandas-csvdataset", "pickle"], "~=3.0"],
    ["acme", [], ""],
  ]);
  deepEqual([allows(parsed[1]!, "1.5.0"), allows(parsed[1]!, "2.0.0"), isCapped(parsed[1]!)], [
    true,
    false,
    true,
  ]);
});

Deno.test("parseRequirement() and parseCondaRequirement() return undefined for a line without a package name", () => {
  for (const text of ["", "=1.0", "-e .", "::"]) equal(parseCondaRequirement(text, PLACE), undefined, text);
  for (const text of ["", "==1.0", "-e .", "#"]) equal(parseRequirement(text, PLACE), undefined, text);
});

Deno.test("parseCondaRequirement() converts conda's names and versions to those of pip", () => {
  const read = (text: string) => {
    const { name, versions } = parseCondaRequirement(text, PLACE)!;
    return `${name}${versions}`;
  };
  deepEqual(
    ["numpy=1.26", "conda-forge::pytorch >=2.1", "pandas 1.5.*", "python=3.11.4", "scipy==1.2.3", "lxml"].map(
      read,
    ),
    ["numpy==1.26.*", "torch>=2.1", "pandas==1.5.*", "python==3.11.4.*", "scipy==1.2.3", "lxml"],
  );
});

Deno.test("parsePoetryRequirement() converts carets and tildes to version ranges", () => {
  const read = (value: unknown) => parsePoetryRequirement("x", value, PLACE).versions;
  deepEqual(["^1.2.3", "^0.2", "~2.1", "*", { version: "^3", extras: ["a"] }].map(read), [
    ">=1.2.3,<2",
    ">=0.2,<0.3",
    ">=2.1,<2.2",
    "",
    ">=3,<4",
  ]);
});

const environment = async (files: Record<string, string>, name = "shop-env@latest") => {
  const ctx = fakeContext({
    files: Object.fromEntries(Object.entries(files).map(([path, text]) => [`/p/${path}`, text])),
  });
  return (await readEnvironmentFiles(ctx, "/p")).of(name);
};
const DEFINITION =
  "name: shop-env\nimage: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04\nconda_file: conda.yml\n";
const CONDA =
  "dependencies:\n  - python=3.11\n  - pip:\n    - kedro-azureml-pipeline\n    - -r ../requirements.txt\n";

Deno.test("readEnvironmentFiles() reads the definition that has the environment's name", async () => {
  const files = {
    "environment/environment.yml": DEFINITION,
    "environment/conda.yml": CONDA,
    "requirements.txt": "pandas>=2\n# a comment\n--index-url x\n",
  };
  const found = (await environment(files))!;
  equal(found.doubt, undefined);
  equal(found.file, "environment/conda.yml");
  equal(found.python?.version, "3.11");
  deepEqual(found.requirements.map(({ name }) => name), ["kedro-azureml-pipeline", "pandas"]);
  match((await environment(files, "other:1"))!.doubt!, /no file of the project defines it/);
});

Deno.test("readEnvironmentFiles() reads a Dockerfile and returns a doubt if its base image is not known", async () => {
  const definition = "name: shop-env\nbuild:\n  path: ../docker\n";
  const files = {
    "azure/env.yml": definition,
    "docker/Dockerfile":
      "FROM python:3.11\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt && \\\n    pip install 'polars>=1' -i x\n",
    "docker/requirements.txt": "scikit-learn\n",
  };
  const found = (await environment(files))!;
  deepEqual(found.requirements.map(({ name }) => name), ["scikit-learn", "polars"]);
  equal(found.doubt, undefined);
  const other = { ...files, "docker/Dockerfile": "FROM acme.azurecr.io/base:1\nRUN pip install polars\n" };
  match((await environment(other))!.doubt!, /starts from acme\.azurecr\.io\/base:1/);
});

Deno.test("readEnvironmentFiles() returns undefined for a project without requirements", async () => {
  equal(await environment({ "pyproject.toml": "[tool.kedro]\n" }), undefined);
});

Deno.test("provides() returns yes for dependencies of packages, and maybe if a package is unknown", () => {
  const packages = (...texts: string[]) => ({
    requirements: texts.map((text) => parseRequirement(text, PLACE)!),
  });
  equal(provides(packages("scikit-learn"), "numpy"), "yes");
  equal(provides(packages("scikit-learn"), "polars"), "no");
  equal(provides(packages("scikit-learn", "acme-things"), "polars"), "maybe");
  equal(provides(packages("acme-core-py"), "acme_core"), "yes");
  equal(provides(packages("sklearn", "pandas"), "sklearn.cluster"), "no");
  equal(provides(packages("kedro-datasets[pandas-csvdataset]"), "pandas"), "yes");
  // An extra without packages adds no unknown requirement.
  equal(provides(packages("kedro-datasets[json-jsondataset]"), "polars"), "no");
});
