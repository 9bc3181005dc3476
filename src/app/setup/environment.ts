import { dirname, join, resolve, sep } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { AZUREML_MLFLOW, BASE_IMAGE, fitsPlugin } from "../../azureml/checks/environment.ts";
import {
  parseRequirement,
  pipFiles,
  readIfThere,
  refusedLines,
  requirementLines,
} from "../../azureml/checks/requirements.ts";
import { findSecretIn } from "../../azureml/checks/secret_forms.ts";
import { CONDA_FILE, ENVIRONMENT_FILE } from "../../azureml/job/names.ts";
import { createEnvironment, type EnvironmentSpec } from "../../azureml/resources/create.ts";
import { KINDS, newestVersion, nextVersion } from "../../azureml/resources/kinds.ts";
import type { LoadedConfig } from "../../config/azureml_yml.ts";
import { type ConfigNode, toPlain } from "../../config/omegaconf/node.ts";
import { parseYaml } from "../../config/omegaconf/yaml.ts";
import { yamlText } from "../../config/write_yaml.ts";
import type { Context } from "../../core/context.ts";
import { type Fields, fields } from "../../core/json.ts";
import { type Place, UserError, type Warning } from "../../core/errors.ts";
import { type Allowed, leadsInto, secretBehind } from "../../core/files.ts";
import { findProject, lineOfKey, parseToml, type Project } from "../../kedro/project.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { shellWord } from "../../core/untrusted.ts";
import { typedPath } from "../output_files.ts";
import { connect } from "../project/connect.ts";
import { openConfig } from "../project/open.ts";
import { requireWorkspace } from "../project/workspace.ts";

const PLUGIN = "kedro-azureml-pipeline==0.1.0";
/** The Kedro that the plugin needs, where the project does not say which. */
const KEDRO_VERSIONS = "~=1.2";
const OLDEST_PYTHON = [3, 11] as const;

/**
 * Creates the environment of a project: its own requirements, Kedro, and the plugin.
 *
 * @param outside Folders outside the project whose requirements files are read, too.
 */
export async function environmentFiles(
  ctx: Pick<Context, "fs">,
  project: Project,
  outside?: Allowed["outside"],
) {
  const packages = await readRequirements(ctx, { root: project.root, outside });
  const name = `${project.packageName.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}-env`;
  const isRequired = (name: string) =>
    packages.requirements.some((requirement) => requirementName(requirement) === name);
  const requirements = [
    ...(isRequired("kedro") ? [] : [`kedro${KEDRO_VERSIONS}`]),
    ...(isRequired(requirementName(PLUGIN)) ? [] : [PLUGIN]),
    ...packages.requirements.map((text) =>
      /^kedro *(\[[^\]]*\])?$/i.test(text) ? text.replaceAll(" ", "") + KEDRO_VERSIONS : text
    ),
    ...(["mlflow", "mlflow-skinny", "kedro-mlflow"].some(isRequired) &&
        !isRequired(requirementName(AZUREML_MLFLOW))
      ? [AZUREML_MLFLOW]
      : []),
  ];
  return {
    ...packages,
    name,
    /** By path relative to the project. */
    files: {
      [ENVIRONMENT_FILE]: definition(name),
      [CONDA_FILE]: condaFile(name, packages.python, requirements),
    },
    requirements,
  };
}

/** The warning that `validate` would show about the Kedro that is required. @param where Where it is required. */
export function kedroWarnings(
  requirements: readonly string[],
  where: string,
  place?: Place,
): readonly Warning[] {
  const kedro = requirements.map((text) => parseRequirement(text, { file: where }))
    .find((requirement) => requirement?.name === "kedro");
  return kedro === undefined || fitsPlugin(kedro) ? [] : [{
    code: "environment.kedro_version",
    message: `kedro${kedro.versions} in ${where} cannot run ${PLUGIN}, which needs Kedro 1.2`,
    hint: "Require `kedro~=1.2` there",
    place,
  }];
}

function definition(name: string): string {
  return `# The Azure ML environment that steps run in. After you change it, create a new version:
#   kedro-azureml environment push
$schema: https://azuremlschemas.azureedge.net/latest/environment.schema.json
name: ${name}
image: ${BASE_IMAGE}
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

/**
 * Options that say where packages come from, also shortened as pip allows, with an address or a variable: without them,
 * anybody could publish a package of the same name on the public index.
 */
const SOURCE_OPTION = /^(?:--no-i|(?:-[ifr]|--(?:i|ex|f|py|r)[a-z-]*)[\s=]*["']?(?:[a-z]+:\/\/|\$))/;

/** The indexes of uv, Poetry and PDM as options of pip. Poetry uses the public one only where no other is primary. */
function indexOptions(uv: Fields, poetry: Fields, pdm: Fields): readonly string[] {
  const list = (value: unknown) => (Array.isArray(value) ? value : []).map(fields);
  const settings = [uv, fields(uv.pip)];
  const sources = list(poetry.source);
  const isPypi = ({ name }: Fields) => /^pypi$/i.test(String(name));
  const isPrimary = ({ priority = "primary" }: Fields) => ["primary", "default"].includes(String(priority));
  const main = sources.some(isPypi) ? undefined : sources.find(isPrimary);
  const indexes: readonly Fields[] = [
    ...list(uv.index),
    ...settings.map((setting) => ({ url: setting["index-url"], default: true })),
    ...settings.flatMap((setting) => [setting["extra-index-url"]].flat().map((url) => ({ url }))),
    ...sources.map((source) => ({ ...source, default: source === main })),
    ...list(pdm.source).map((source) => ({ ...source, default: isPypi(source) })),
  ].filter(({ url, explicit, priority }: Fields) =>
    typeof url === "string" && !explicit && priority !== "explicit"
  );
  return [
    ...settings.some((setting) => setting["no-index"] === true) ? ["--no-index"] : [],
    ...indexes.map((index) => `${index.default ? "--index-url" : "--extra-index-url"} ${index.url}`),
  ];
}

/**
 * The settings of the uv workspace that a project is a member of, in a folder above; empty if it is in none. Another user
 * could put one into a shared folder such as /tmp, and so choose where packages come from; only a project that is
 * another user's itself has one.
 */
async function uvWorkspace(fs: Context["fs"], root: string): Promise<Fields> {
  const isForeign = async (folder: string) => (await fs.stat(join(folder, "pyproject.toml")))?.isForeign;
  const isOwn = !await isForeign(root);
  for (let folder = dirname(root); folder !== dirname(folder); folder = dirname(folder)) {
    if (isOwn && await isForeign(folder)) continue;
    const toml = await readIfThere({ fs, root: folder }, "pyproject.toml");
    const uv = fields(fields(parseToml(toml ?? "", "pyproject.toml").tool).uv);
    if (uv.workspace !== undefined) return uv;
  }
  return {};
}

/** Reads the project's requirements from pyproject.toml and from requirements.txt beside it or in src/. */
async function readRequirements({ fs }: Pick<Context, "fs">, project: Allowed) {
  const { root } = project;
  const toml = await fs.readText(join(root, "pyproject.toml"));
  const { project: table = {}, tool } = parseToml(toml, "pyproject.toml");
  const { dependencies = [], "requires-python": python = "" } = table as {
    readonly dependencies?: readonly string[];
    readonly "requires-python"?: string;
  };
  const { uv, poetry, pdm } = fields(tool);
  const uvToml = await readIfThere({ fs, root }, "uv.toml");
  const ofUv = uvToml === undefined ? uv : parseToml(uvToml, "uv.toml");
  const workspace = await uvWorkspace(fs, root).catch((): Fields => ({}));
  const options = [
    ...indexOptions(workspace, {}, {}),
    ...indexOptions(fields(ofUv), fields(poetry), fields(pdm)),
  ];
  const elsewhere = [workspace, fields(uv)].flatMap(({ sources }) => Object.keys(fields(sources)))
    .map(requirementName);
  const files = ["requirements.txt", "src/requirements.txt"];
  const lines = await Promise.all(files.map((file) => requirementLines({ fs, root }, file)));
  const found = lines.flat().filter(({ text, isUnreadable }) => !(isUnreadable && files.includes(text)));
  // In someone else's branch, it could be any file that this user can read, credentials of the project too.
  const texts = await Promise.all(found.map(async ({ text, place: { file }, isUnreadable }) => {
    const path = join(root, file);
    const isCopied = !isUnreadable && await leadsInto(fs, project, path) &&
      await secretBehind(fs, root, path) === undefined;
    return isCopied ? text : `-r ${file}`;
  }));
  const all = [...new Set([...options, ...dependencies, ...texts])];
  // Other options of pip and local paths do not work in the image.
  const skipped = all.filter((text) =>
    /^(?:-|\.|\/|file:)/.test(text) && !SOURCE_OPTION.test(text) || elsewhere.includes(requirementName(text))
  );
  const installed = all.filter((text) => !skipped.includes(text));
  const unique = new Map(installed.map((text) => [requirementName(text), text]));
  const isKedro = (text: string) => requirementName(text) === "kedro";
  const line = lineOfKey(toml, ["project", "dependencies"]);
  const kedroAt = found.findLast(({ text }) => isKedro(text))?.place ??
    (line !== undefined && dependencies.some(isKedro) ? { file: "pyproject.toml", line } : undefined);
  // With hashes, pip refuses the packages that are added without one.
  if (found.some(({ hasHash }) => hasHash)) skipped.push("--hash");
  return { requirements: [...unique.values()], skipped, python: pythonOf(python), kedroAt };
}

/** The normalized name of a requirement (PEP 503), or the text if it has none. */
export function requirementName(text: string): string {
  return parseRequirement(text, { file: "" })?.name ?? text;
}

/** The lower bound of `requires-python`, but at least what the plugin supports. */
function pythonOf(bound: string): string {
  const [, major, minor] = /(?:>=|~=|==)\s*(\d+)\.(\d+)/.exec(bound) ?? [];
  const lowest = major === undefined ? 0 : Number(major) * 100 + Number(minor);
  const oldest = OLDEST_PYTHON[0] * 100 + OLDEST_PYTHON[1];
  return lowest > oldest ? `${major}.${minor}` : OLDEST_PYTHON.join(".");
}

/**
 * Registers the environment that environment/environment.yml defines as a new version; if its newest version is the
 * same, nothing is registered.
 *
 * @throws {UserError} `environment.no_file` without that file, `environment.definition`, `environment.secret`,
 *   `azure.*`, `network.*`.
 */
export async function pushEnvironment(
  ctx: AppContext,
  options: ProjectOptions & { readonly workspace?: string | undefined },
) {
  const { root } = await findProject(ctx, options.directory);
  const definition = await readDefinition(ctx, { root, outside: options.allowOutside }, undefined);
  if (definition === undefined) throw await noDefinition(ctx, root);
  const { open } = await connect(ctx);
  const config = await openConfig(ctx, options);
  const workspace = open(requireWorkspace(config, options.workspace));
  const { name } = definition;
  const newest = await newestVersion(workspace, KINDS.environment, name);
  const isUnchanged = newest !== undefined && changedPart(definition, newest.properties ?? {}) === undefined;
  const version = isUnchanged ? newest.name! : await nextVersion(workspace, KINDS.environmentName, name);
  if (!isUnchanged) await createEnvironment(workspace, { ...definition, version });
  const warning = unusedWarning(config, { name, version });
  if (warning !== undefined) ctx.report({ type: "warnings", warnings: [warning] });
  return { name, version, isUnchanged };
}

function unusedWarning(
  { azureml, place }: LoadedConfig,
  { name, version }: Pick<EnvironmentSpec, "name" | "version">,
): Warning | undefined {
  const wanted = azureml.execution.environment;
  const references = [name, `${name}@latest`, `${name}:${version}`];
  if (references.some((reference) => [reference, `azureml:${reference}`].includes(wanted ?? ""))) {
    return undefined;
  }
  return {
    // environment.unused: azureml.yml names another environment. Change `execution.environment` in
    //   azureml.yml.
    code: "environment.unused",
    message: wanted
      ? `Jobs use environment "${wanted}", not ${name}:${version}`
      : `Jobs use no environment of azureml.yml, so they do not use ${name}:${version}`,
    hint: `Set \`execution.environment: ${name}@latest\` in azureml.yml`,
    place: place(["execution", "environment"]),
  };
}

/**
 * Reads the definition of the project's environment, which `init` can write.
 *
 * @param name The environment that is wanted (default: whichever the file defines).
 * @returns `undefined` if there is no file with a name and an image, or if it defines another environment.
 * @throws {UserError} `environment.definition` for a conda file that cannot be read or that Azure ML could not install,
 *   `environment.secret` for one with a secret.
 */
export async function readDefinition(
  ctx: Pick<AppContext, "fs">,
  project: Allowed,
  name: string | undefined,
): Promise<Omit<EnvironmentSpec, "version"> | undefined> {
  const { node, text } = await readFile(ctx, project.root);
  if (node?.kind !== "map") return undefined;
  const { name: defined, image } = toPlain(node) as Readonly<Record<string, unknown>>;
  if (name !== undefined && defined !== name) return undefined;
  if (typeof defined !== "string" || typeof image !== "string") return undefined;
  await requireNoSecrets(text, ENVIRONMENT_FILE);
  if (!await leadsInto(ctx.fs, project, join(project.root, ENVIRONMENT_FILE))) {
    const message = `${ENVIRONMENT_FILE} is a link to outside the project`;
    throw invalid(message, { file: ENVIRONMENT_FILE }, "Replace the link with a copy");
  }
  const conda = node.entries.get("conda_file");
  return { name: defined, image, condaFile: conda && await readConda(ctx, project, conda) };
}

/** What differs between a definition and a registered version: its image, its Conda file, or neither. */
export function changedPart(
  { image, condaFile }: Omit<EnvironmentSpec, "name" | "version">,
  registered: {
    readonly image?: string | null | undefined;
    readonly condaFile?: string | null | undefined;
  },
): "image" | "conda file" | undefined {
  if (registered.image !== image) return "image";
  return isSameYaml(registered.condaFile || "", condaFile || "") ? undefined : "conda file";
}

/** Whether two Conda files say the same: Azure ML returns the file as JSON, which YAML includes. */
function isSameYaml(one: string, other: string): boolean {
  const [first, second] = [one, other].map((text) => {
    const node = parseYaml(text, "the Conda file");
    return node && toPlain(node);
  });
  return isDeepStrictEqual(first, second);
}

/** The file and what it says; an empty text if it is not there. */
async function readFile({ fs }: Pick<AppContext, "fs">, root: string) {
  const path = join(root, ENVIRONMENT_FILE);
  if ((await fs.stat(path))?.kind !== "file") return { text: "", node: undefined };
  const text = await fs.readText(path);
  return { text, node: parseYaml(text, ENVIRONMENT_FILE) };
}

/** Why the definition of the project's environment cannot be registered. */
async function noDefinition(ctx: AppContext, root: string): Promise<UserError> {
  const { node } = await readFile(ctx, root);
  const build = node?.kind === "map" ? node.entries.get("build") : undefined;
  if (build !== undefined) {
    const message =
      `${ENVIRONMENT_FILE} builds its image from a folder, and only an \`image\` can be registered`;
    const file = shellWord(typedPath(ctx, join(root, ENVIRONMENT_FILE)));
    return invalid(
      message,
      build.keyPlace ?? build.place,
      `Run \`az ml environment create --file ${file}\``,
    );
  }
  return new UserError(`The project has no ${ENVIRONMENT_FILE} with a name and an image`, {
    // environment.no_file: The project defines no environment. Run `kedro-azureml init --environment`.
    code: "environment.no_file",
    hint: "Run `kedro-azureml init --environment`, which writes it",
  });
}

/** Reads the conda file that `conda_file` names, or serializes the one that is written in its place. */
async function readConda(
  { fs }: Pick<AppContext, "fs">,
  project: Allowed,
  conda: ConfigNode,
): Promise<string> {
  if (conda.kind !== "scalar") {
    requireInstallable(conda, ENVIRONMENT_FILE);
    return yamlText(toPlain(conda));
  }
  const written = String(conda.value);
  const file = resolve(project.root, ENVIRONMENT_FILE, "..", written);
  if ((await fs.stat(file))?.kind !== "file") {
    const hint = "Correct the path; it is relative to the folder of this file";
    throw invalid(`conda_file "${written}" is not a file`, conda.place, hint);
  }
  // In someone else's branch, it could name any file that this user can read.
  if (!await leadsInto(fs, project, file)) {
    const folder = dirname(await fs.realPath(file) ?? file);
    const hint = `If it is the file that is meant, add \`--allow-outside ${shellWord(folder)}\``;
    throw invalid(`conda_file "${written}" is outside the project, and is not sent`, conda.place, hint);
  }
  if (await secretBehind(fs, project.root, file) !== undefined) {
    const hint = "Name a conda file; everyone in the workspace can read it";
    throw invalid(`conda_file "${written}" is a file of secrets, and is not sent`, conda.place, hint);
  }
  const text = await fs.readText(file);
  const name = join(ENVIRONMENT_FILE, "..", written).replaceAll(sep, "/");
  const node = parseYaml(text, name);
  if (node?.kind !== "map" || !node.entries.has("dependencies")) {
    throw invalid(
      `conda_file "${written}" is not a conda file`,
      conda.place,
      "Write one, with `dependencies`",
    );
  }
  requireInstallable(node, name);
  await requireNoSecrets(text, name);
  return text;
}

/** Rejects a password or a token: everyone in the workspace can read its environments. */
async function requireNoSecrets(text: string, file: string): Promise<void> {
  const found = await findSecretIn(text, file);
  if (found === undefined) return;
  throw new UserError(`${file} contains ${found.reason}, which everyone in the workspace could read`, {
    // environment.secret: The definition of the environment has a secret, which everyone in the workspace can
    //   read. Remove it.
    code: "environment.secret",
    place: { file, line: found.line, column: 1 },
    hint:
      "Remove it; for a private feed of packages, use a connection of the workspace. If it is no secret, end its line with `# secretlint-disable-line`",
  });
}

/**
 * Rejects a conda file with lines that pip refuses, and one whose pip installs from other files: Azure ML gets the conda
 * file only.
 */
export function requireInstallable(conda: ConfigNode | undefined, name: string): void {
  const [refused] = refusedLines(conda);
  if (refused !== undefined) throw invalid(refused.message, refused.place, refused.hint);
  const [first] = pipFiles(conda);
  if (first === undefined) return;
  throw invalid(
    `${name} installs "${first.value}", but this file is the only one that Azure ML gets`,
    first.place,
    "Write the packages themselves in its place",
  );
}

function invalid(message: string, place: Place, hint: string): UserError {
  // environment.definition: The conda file of environment/environment.yml is missing or outside the project, refers
  //   to files that Azure ML does not get, or has a line that pip refuses. Correct it.
  return new UserError(message, { code: "environment.definition", place, hint });
}
