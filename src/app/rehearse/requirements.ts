import { join, resolve } from "node:path";
import { namesFile } from "../../azureml/features/requirements/requirement_files.ts";
import { requireNoFiles } from "../setup/environment_file.ts";
import { environmentFiles, requirementName } from "../init/environment.ts";
import { toPlain } from "../../config/omegaconf/node.ts";
import { parseYaml } from "../../config/omegaconf/yaml.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { Project } from "../../kedro/project.ts";
import type { AppContext } from "../context.ts";

/** What to install in the steps' environment. */
export interface StepRequirements {
  /** The source of the requirements, for display. */
  readonly from: string;
  /** Minor version of Python, such as `3.11`; absent if not specified. */
  readonly python?: string;
  /** Lines of a pip requirements file. */
  readonly lines: readonly string[];
  /** Text of a file whose lines name other files; as these may change, the lines are installed at each rehearsal. */
  readonly mayChange?: string;
  /** Packages that only conda could install; they are not installed. */
  readonly skipped: readonly string[];
}

const CONDA_FILE = "environment/conda.yml";

/**
 * Determines the steps' requirements: the given file, else `environment/conda.yml`, from which the environment on Azure
 * ML is built, else the project's own requirements with Kedro and the plugin.
 *
 * @param file As typed: a pip requirements file, or a conda file.
 * @throws {UserError} `rehearse.requirements`, `environment.definition`.
 */
export async function stepRequirements(
  ctx: AppContext,
  project: Project,
  file: string | undefined,
): Promise<StepRequirements> {
  if (file !== undefined) return { ...await readFile(ctx, resolve(ctx.cwd, file)), from: file };
  const path = join(project.root, CONDA_FILE);
  if (await ctx.fs.stat(path) !== undefined) return await readFile(ctx, path, CONDA_FILE);
  const { files } = await environmentFiles(ctx, project);
  return parseConda(files[CONDA_FILE]!, "the project's requirements");
}

async function readFile(ctx: AppContext, path: string, name = path): Promise<StepRequirements> {
  if ((await ctx.fs.stat(path))?.kind !== "file") throw unreadable(name, "file not found");
  if (/\.ya?ml$/i.test(path)) return parseConda(await ctx.fs.readText(path), name);
  const text = await ctx.fs.readText(path);
  const lines = text.split(/\r?\n/);
  return lines.some(namesFile)
    ? { from: name, lines: [`-r ${path}`], mayChange: text, skipped: [] }
    : { from: name, lines, skipped: [] };
}

function parseConda(text: string, name: string): StepRequirements {
  const node = parseYaml(text, name);
  requireNoFiles(node, name);
  const { dependencies } = (node === undefined ? {} : toPlain(node)) as { dependencies?: unknown };
  if (!Array.isArray(dependencies)) throw unreadable(name, "it has no list `dependencies`");
  const plain = dependencies.filter((dependency) => typeof dependency === "string");
  const pip = dependencies.flatMap((dependency) =>
    typeof dependency === "object" && dependency !== null && "pip" in dependency ? dependency.pip ?? [] : []
  );
  const interpreter = plain.find((line) => condaName(line) === "python");
  const python = /^[^<>~!=]*=+\s*(\d+\.\d+)/.exec(interpreter ?? "")?.[1];
  return {
    from: name,
    ...(python !== undefined && { python }),
    lines: withStore(pip.map(String)),
    skipped: plain.filter((line) => !["python", "pip"].includes(condaName(line))),
  };
}

/** The name of a conda package, without its channel: `python` for `conda-forge::python=3.11`. */
function condaName(line: string): string {
  return requirementName(line.split("::").at(-1)!.trim());
}

/** Adds what mlflow-skinny lacks for the store on this machine that rehearsed steps log to. */
function withStore(lines: readonly string[]): readonly string[] {
  const has = (name: string) => lines.some((line) => requirementName(line) === name);
  return ["mlflow", "kedro-mlflow"].some(has) || !["mlflow-skinny", "azureml-mlflow"].some(has)
    ? lines
    : [...lines, "sqlalchemy", "alembic"];
}

function unreadable(name: string, what: string): UserError {
  return new UserError(`Cannot read requirements from "${name}": ${what}`, {
    code: "rehearse.requirements",
    exit: ExitCode.Usage,
    hint:
      "Use `--requirements` with a requirements.txt or a conda.yml, or `--venv DIR` with an environment of yours",
    place: { file: name },
  });
}
