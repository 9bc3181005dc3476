import { join, resolve } from "node:path";
import { environmentFiles } from "../init/environment.ts";
import { toPlain } from "../../config/omegaconf/node.ts";
import { parseYaml } from "../../config/omegaconf/yaml.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { Project } from "../../kedro/project.ts";
import type { AppContext } from "../context.ts";

/** What the environment of the steps is made of. */
export interface StepRequirements {
  /** The file that says so, for people. */
  readonly from: string;
  /** The minor version of Python, such as `3.11`; absent where nothing asks for one. */
  readonly python?: string;
  /** Lines of a requirements file of pip. */
  readonly lines: readonly string[];
  /** Packages that only conda could install, which are left out. */
  readonly skipped: readonly string[];
}

const CONDA_FILE = "environment/conda.yml";

/**
 * What the steps need: the file that is given, else `environment/conda.yml`, of which the environment on Azure ML is made,
 * else the project's own requirements with Kedro and the plugin.
 *
 * @param file As typed: a requirements file of pip, or a conda file.
 * @throws {UserError} `rehearse.requirements`.
 */
export async function stepRequirements(
  ctx: AppContext,
  project: Project,
  file: string | undefined,
): Promise<StepRequirements> {
  if (file !== undefined) return await readFile(ctx, resolve(ctx.cwd, file), file);
  const path = join(project.root, CONDA_FILE);
  if (await ctx.fs.stat(path) !== undefined) return await readFile(ctx, path, CONDA_FILE);
  const { files } = await environmentFiles(ctx, project);
  return parseConda(files[CONDA_FILE]!, "the project's requirements");
}

async function readFile(ctx: AppContext, path: string, name: string): Promise<StepRequirements> {
  if ((await ctx.fs.stat(path))?.kind !== "file") throw unreadable(name, "file not found");
  if (/\.ya?ml$/i.test(path)) return parseConda(await ctx.fs.readText(path), name);
  const text = await ctx.fs.readText(path);
  const isNested = /^\s*(?:-r|-c|--requirement|--constraint|-e|\.)/m.test(text);
  return {
    from: name,
    lines: isNested ? [`-r ${path}`, `# ${text.length}`] : text.split(/\r?\n/),
    skipped: [],
  };
}

function parseConda(text: string, name: string): StepRequirements {
  const node = parseYaml(text, name);
  const { dependencies } = (node === undefined ? {} : toPlain(node)) as { dependencies?: unknown };
  if (!Array.isArray(dependencies)) throw unreadable(name, "it has no list `dependencies`");
  const plain = dependencies.filter((one) => typeof one === "string");
  const pip = dependencies.flatMap((one) =>
    typeof one === "object" && one !== null && "pip" in one ? one.pip : []
  );
  const python = plain.map((one) => /^python\s*=+\s*(\d+\.\d+)/.exec(one)?.[1]).find((one) =>
    one !== undefined
  );
  return {
    from: name,
    ...(python !== undefined && { python }),
    lines: pip.map(String),
    skipped: plain.filter((one) => !/^(?:python|pip)\b/.test(one)),
  };
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
