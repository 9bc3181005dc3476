import { join } from "node:path";
import type { Context } from "../../core/context.ts";
import type { Project } from "../../kedro/project.ts";
import { parseToml } from "../../kedro/toml.ts";
import { ENVIRONMENT_FILE } from "../../azureml/service/refusals/az_commands.ts";

/** The Python plugin that runs the steps. */
const PLUGIN = "kedro-azureml-pipeline==0.1.0";
/** With it, MLflow logs to the workspace. */
const AZUREML_MLFLOW = "azureml-mlflow";
/** Used if the project does not require Kedro itself; the plugin needs Kedro 1.2. */
const KEDRO = "kedro~=1.2";
/** The oldest Python version that the plugin supports. */
const OLDEST_PYTHON = [3, 11] as const;
/** Microsoft's base image for steps, with conda. */
const IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest";

/** The files of an Azure ML environment, by path relative to the project. */
export interface EnvironmentFiles {
  /** Name of the environment in Azure ML. */
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** Lines that were left out: local paths, and options of pip, which do not work in the image. */
  readonly skipped: readonly string[];
}

/** Creates the environment of a project: its own requirements, Kedro, and the plugin. */
export async function environmentFiles(
  ctx: Pick<Context, "fs">,
  project: Project,
): Promise<EnvironmentFiles> {
  const packages = await readRequirements(ctx, project);
  const name = `${project.packageName.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}-env`;
  const isRequired = (name: string) =>
    packages.requirements.some((requirement) => requirementName(requirement) === name);
  const requirements = [
    ...(isRequired("kedro") ? [] : [KEDRO]),
    ...(isRequired(requirementName(PLUGIN)) ? [] : [PLUGIN]),
    ...packages.requirements,
    ...(["mlflow", "mlflow-skinny", "kedro-mlflow"].some(isRequired) && !isRequired(AZUREML_MLFLOW)
      ? [AZUREML_MLFLOW]
      : []),
  ];
  return {
    name,
    files: {
      [ENVIRONMENT_FILE]: definition(name),
      "environment/conda.yml": condaFile(name, packages.python, requirements),
    },
    skipped: packages.skipped,
  };
}

function definition(name: string): string {
  return `# The Azure ML environment that steps run in. After you change it, create a new version:
#   kedro-azureml environment push
$schema: https://azuremlschemas.azureedge.net/latest/environment.schema.json
name: ${name}
image: ${IMAGE}
conda_file: conda.yml
`;
}

function condaFile(name: string, python: string, requirements: readonly string[]): string {
  return `# Packages that steps run with. Keep them in sync with the requirements of the project.
name: ${name}
channels:
  - conda-forge
dependencies:
  - python=${python}
  - pip
  - pip:
${requirements.map((requirement) => `      - ${JSON.stringify(requirement)}\n`).join("")}`;
}

/** Reads the project's requirements from pyproject.toml and from requirements.txt beside it or in src/. */
async function readRequirements({ fs }: Pick<Context, "fs">, { root }: Project) {
  const table = parseToml(await fs.readText(join(root, "pyproject.toml")), "pyproject.toml").project ?? {};
  const { dependencies = [], "requires-python": python = "" } = table as {
    readonly dependencies?: readonly string[];
    readonly "requires-python"?: string;
  };
  const lines: string[] = [];
  const skipped: string[] = [];
  for (const path of ["requirements.txt", "src/requirements.txt"]) {
    await readLines({ fs }, join(root, path), lines, skipped);
  }
  const all = [...dependencies, ...lines].filter((line) => !skipped.includes(line));
  const unique = new Map(all.map((line) => [requirementName(line), line]));
  return { requirements: [...unique.values()], skipped, python: pythonOf(python) };
}

/** Reads the requirements of a file and of the files that it includes with `-r`; nothing if the file does not exist. */
async function readLines(
  ctx: Pick<Context, "fs">,
  path: string,
  lines: string[],
  skipped: string[],
): Promise<void> {
  if ((await ctx.fs.stat(path))?.kind !== "file") return;
  const text = (await ctx.fs.readText(path)).replaceAll(/\\\r?\n/g, " ");
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.replace(/(^|\s)#[^]*$/, "").replaceAll(/\s--hash=\S+/g, "").trim();
    const other = /^(?:-r|--requirement)[\s=]+([^\s=]\S*)$/.exec(line)?.[1];
    if (other !== undefined) await readLines(ctx, join(path, "..", other), lines, skipped);
    else if (/^(?:-|\.|\/|file:)/.test(line)) skipped.push(line);
    else if (line !== "") lines.push(line);
  }
}

/** The normalized name of a requirement (PEP 503). */
export function requirementName(requirement: string): string {
  return requirement.match(/^[\w.-]+/)?.[0].toLowerCase().replaceAll(/[-_.]+/g, "-") ?? requirement;
}

/** The lower bound of `requires-python`, but at least what the plugin supports. */
function pythonOf(bound: string): string {
  const [, major, minor] = /(?:>=|~=|==)\s*(\d+)\.(\d+)/.exec(bound) ?? [];
  const lowest = major === undefined ? 0 : Number(major) * 100 + Number(minor);
  const oldest = OLDEST_PYTHON[0] * 100 + OLDEST_PYTHON[1];
  return lowest > oldest ? `${major}.${minor}` : OLDEST_PYTHON.join(".");
}
