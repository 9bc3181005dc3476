import { basename, dirname, join, relative, sep } from "node:path";
import { readEnvironmentFiles } from "../../azureml/features/requirements/job_environment.ts";
import { allows } from "../../azureml/features/requirements/requirement.ts";
import type { Context } from "../../core/context.ts";
import type { Project } from "../../kedro/project.ts";
import type { MigrationNote } from "./old_config.ts";
import { compareText } from "../../core/text/names.ts";

const NEVER =
  /^(?:\.git|\.venv|venv|env|node_modules|site-packages|__pycache__|data|mlruns|logs|\.tox|\.cache|dist|build)$/;
const TEXT_FILE = /\.(?:py|ya?ml|sh|toml|md|cfg|txt)$|(?:^|\/)(?:Makefile|Dockerfile)$/;
const PLUGIN = /\bkedro\s+azureml\s+(.*)/;
/** A command of that plugin, which takes the Kedro environment before the command. */
const COMMAND = /^(?:(?:-e|--env)[\s=](\S+)\s+)?(run|compile|init|execute)\b(.*)/;
/** An expression of GitHub Actions, which may have blanks. */
const EXPRESSION = /\{\{[^{}]*\}\}/g;
const MOST_FILES = 5000;

/**
 * Lists what a person has to change: imports, command lines, and requirements.
 *
 * @param pipelines Names of pipelines that get a job each.
 */
export async function findLeftovers(
  { fs }: Pick<Context, "fs">,
  { root, kedroInitVersion }: Project,
  pipelines: readonly string[],
): Promise<MigrationNote[]> {
  const notes: MigrationNote[] = [];
  let count = 0;
  for await (const { path, kind } of fs.walk(root, (folder) => !NEVER.test(basename(folder)))) {
    const file = relative(root, path).replaceAll(sep, "/");
    if (kind !== "file" || !TEXT_FILE.test(file) || count++ >= MOST_FILES) continue;
    notes.push(...notesIn(await fs.readText(path).catch(() => ""), file, pipelines));
  }
  return [
    ...notes.sort((a, b) => compareText(a.place!.file, b.place!.file)),
    ...await requirementNotes({ fs }, root),
    ...(/^0\./.test(kedroInitVersion)
      ? [{
        message:
          `The project was made for Kedro ${kedroInitVersion}; kedro-azureml-pipeline 0.1.0 needs Kedro 1.2`,
        hint: "Migrate the code, and set `kedro_init_version` in pyproject.toml",
        place: { file: "pyproject.toml" },
      }]
      : []),
  ];
}

function notesIn(text: string, file: string, pipelines: readonly string[]): MigrationNote[] {
  return text.split("\n").flatMap((line, at): MigrationNote[] => {
    const place = { file, line: at + 1 };
    if (file.endsWith(".py")) {
      const module = /^\s*(?:from|import)\s+(kedro_azureml(?:\.[\w.]+)?)\b(?!_)/.exec(line)?.[1];
      return module === undefined ? [] : [{
        message: `The code imports ${module}`,
        hint: `Import ${module.replace("kedro_azureml", "kedro_azureml_pipeline")}`,
        place: { ...place, column: line.indexOf(module) + 1 },
      }];
    }
    if (/^\s*#/.test(line) || file.endsWith(".md")) return [];
    const words = line.replaceAll(EXPRESSION, (expression) => expression.replaceAll(" ", ""));
    const [, env, command, options] = COMMAND.exec(PLUGIN.exec(words)?.[1] ?? "") ?? [];
    return command === undefined ? [] : [{
      message: `The command line "kedro azureml ${command}" has other options`,
      hint: `Use \`kedro-azureml ${env === undefined ? "" : `-e ${env} `}${
        newCommand(command, options!, pipelines)
      }\``,
      place: { ...place, column: line.indexOf("kedro") + 1 },
    }];
  });
}

/** The command with the options that replace the old ones; a pipeline without a job is run by its name. */
function newCommand(command: string, options: string, pipelines: readonly string[]): string {
  if (command === "init") return "init";
  const typed = /(?:-p|--pipeline)[\s=]+["']?(\S+)/.exec(options)?.[1];
  const pipeline = typed?.replace(/["'`]+$/, "") ?? "__default__";
  const job = pipeline === "__default__" && !pipelines.includes("main") ? "main" : pipeline;
  const isJob = job !== pipeline || pipelines.includes(pipeline);
  const wait = /--wait-for-completion/.test(options) ? " --wait" : "";
  return `${command === "compile" ? "compile" : "submit"} ${isJob ? job : `-p ${pipeline}`}${wait}`;
}

/** What has to change in the files that list packages. */
async function requirementNotes({ fs }: Pick<Context, "fs">, root: string): Promise<MigrationNote[]> {
  const environment = (await readEnvironmentFiles({ fs }, root)).of(undefined);
  if (environment === undefined) {
    return [{
      message: "No file of the project lists packages",
      hint: "Run `kedro-azureml init --environment` to write the files of an Azure ML environment",
    }];
  }
  const { requirements, python, file } = environment;
  const hasPlugin = requirements.some(({ name }) => name === "kedro-azureml-pipeline");
  const notes = requirements.flatMap(({ name, versions, place }): MigrationNote[] => {
    if (name === "kedro-azureml") {
      return [{
        message: `${place.file} requires kedro-azureml`,
        hint: "Require `kedro-azureml-pipeline==0.1.0`, and create a new version of the environment",
        place,
      }];
    }
    const [oldest, newest] = name === "kedro" ? ["1.0.0", "1.7.0"] : ["8.1.0", "9.6.0"];
    if (name !== "kedro" && name !== "kedro-datasets") return [];
    if ([oldest, newest].some((version) => allows({ versions }, version!))) return [];
    return [{
      message: `${place.file} requires ${name}${versions}`,
      hint: name === "kedro" ? "Require `kedro~=1.2`" : "Require `kedro-datasets>=8.1`",
      place,
    }];
  });
  return [
    ...notes,
    ...(hasPlugin || notes.some(({ message }) => message.endsWith("requires kedro-azureml")) ? [] : [{
      message: `${file} does not list kedro-azureml-pipeline`,
      hint: `Add \`kedro-azureml-pipeline==0.1.0\` to what the job's environment installs`,
      place: { file },
    }]),
    ...(python !== undefined && Number(python.version.split(".")[1]) < 11
      ? [{
        message: `${python.place.file} installs Python ${python.version}; the plugin needs 3.11 or newer`,
        hint: "Use `python=3.11`",
        place: python.place,
      }]
      : []),
  ];
}

/** Names of the folders below `pipelines`, for which Kedro registers pipelines. */
export async function pipelineFolders(
  { fs }: Pick<Context, "fs">,
  { sourceDir, packageName }: Project,
): Promise<string[]> {
  const folder = join(sourceDir, packageName);
  const registry = await fs.readText(join(folder, "pipeline_registry.py")).catch(() => "");
  if (!/\bfind_pipelines\(/.test(registry)) return [];
  const pipelines = join(folder, "pipelines");
  if ((await fs.stat(pipelines).catch(() => undefined))?.kind !== "folder") return [];
  const folders: string[] = [];
  for await (const { path, kind } of fs.walk(pipelines, (folder) => dirname(folder) === pipelines)) {
    if (kind === "folder" && /^[a-z]\w*$/i.test(basename(path))) folders.push(basename(path));
  }
  return folders.sort();
}
