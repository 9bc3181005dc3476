import { basename, dirname, join, relative, sep } from "node:path";
import { type ConfigNode, type MapNode, nearestNode } from "../../config/omegaconf/node.ts";
import { parseYaml } from "../../config/omegaconf/yaml.ts";
import type { FileSystem } from "../../core/context.ts";
import { conflictIn } from "../../core/document.ts";
import { type Place, tryParse, userErrorOf } from "../../core/errors.ts";
import { nearest } from "../../core/suggest.ts";
import { knownDatasets } from "../../kedro/known_datasets.ts";
import { knownPackages, normalName } from "../../kedro/known_packages.ts";
import { ENVIRONMENT_FILE, parseEnvironment } from "../job/names.ts";
import {
  condaPackages,
  mergePackages,
  type ProjectFolder,
  readCondaFile,
  readIfThere,
  readPyproject,
  readRequirementsFile,
  type RequiredPackages,
  yamlOf,
} from "./requirements.ts";

/** The packages of a job's environment, as far as the project's files say. */
export interface JobEnvironment extends RequiredPackages {
  /** The file to change, relative to the project. */
  readonly file: string;
  readonly image?: Image;
  /** Why the environment may have other packages; absent if the files build exactly this environment. */
  readonly doubt?: string;
  /** Where to point at (default: the first line of the file). */
  readonly place?: Place;
  /** The environment that the file defines; absent if it may define none. */
  readonly name?: string;
  /** How to change it, for hints, if not in `file`. */
  readonly change?: Change;
}

interface Image {
  readonly name: string;
  readonly place: Place;
}

interface Change {
  /** What to edit. */
  readonly in: string;
  /** What to do then; begins with a comma, or is empty. */
  readonly then: string;
}

/** How to change an environment, for hints: its definition, which is registered as another version. */
export function changeOf({ file, name, change }: Omit<JobEnvironment, "requirements">): Change {
  if (change !== undefined) return change;
  const isPushed = name !== undefined && dirname(file) === dirname(ENVIRONMENT_FILE);
  return { in: file, then: isPushed ? ", then run `kedro-azureml environment push`" : "" };
}

const PUSH_AND_NAME =
  ", then run `kedro-azureml environment push`, and set `environment` to the version that it prints";

export interface KnownEnvironments {
  /** The packages of an environment as in `execution.environment`; `undefined` if no file lists any. */
  of(environment: string | undefined): JobEnvironment | undefined;
  /** Why the packages of an environment that a file defines cannot be read; `undefined` if they can. */
  unread?(environment: string | undefined): UnreadDefinition | undefined;
}

/** Why the conda file of an environment definition says nothing about its packages. */
export interface UnreadDefinition {
  readonly name: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly place: Place;
}

/**
 * The packages of an environment by its conda file in Azure; `undefined` if it has none.
 *
 * @param name Name and version, such as `shop-env:7`.
 */
export async function azureEnvironment(
  { fs }: { readonly fs: FileSystem },
  root: string,
  { name, image, condaFile, place, own, isPinned = false }: {
    readonly name: string;
    readonly image: string | undefined;
    readonly condaFile: string | undefined;
    readonly place: Place;
    /** What the project's files say about it. */
    readonly own?: JobEnvironment | undefined;
    /** Whether azureml.yml names this version, so that a newer one is not used by itself. */
    readonly isPinned?: boolean;
  },
): Promise<JobEnvironment | undefined> {
  const file = `environment ${name}`;
  const node = condaFile === undefined ? undefined : yamlOf(condaFile, file);
  const packages = node && await condaPackages({ fs, root }, node);
  if (packages === undefined) return undefined;
  const placed = (one: { readonly place: Place }) => ({ ...one, place });
  const doubt = packages.open ??
    (image === undefined || isPlainImage(image) ? undefined : `image ${image} may have more`);
  return {
    requirements: packages.requirements.map((requirement) => ({ ...requirement, ...placed(requirement) })),
    ...(packages.python && { python: { ...packages.python, place } }),
    file,
    place,
    ...(image !== undefined && { image: { name: image, place } }),
    change: own?.name === undefined
      ? { in: `a new version of ${file}`, then: "" }
      : { ...changeOf(own), ...(isPinned && { then: PUSH_AND_NAME }) },
    ...(doubt !== undefined && { doubt }),
  };
}

interface Definition extends RequiredPackages {
  readonly name: string;
  readonly version: string | undefined;
  readonly file: string;
  readonly image?: Image;
}

const YAML_FILE = /(?:env|conda)[^/]*\.ya?ml$/i;
const NEVER = /^(?:\..*|conf|data|src|tests?|docs|notebooks|node_modules|venv|env|mlruns|logs|build|dist)$/;
const DEEPEST = 3;

/** Reads the files of a project that list packages. */
export async function readEnvironmentFiles(
  { fs }: { readonly fs: FileSystem },
  root: string,
  /** Whether there is a workspace in which they can be registered. */
  { isPushed = true }: { readonly isPushed?: boolean } = {},
): Promise<KnownEnvironments> {
  const folder: ProjectFolder = { fs, root };
  const definitions: (Definition | UnreadDefinition)[] = [];
  const condaFiles: string[] = [];
  for (const file of await yamlFiles(fs, root)) {
    const node = yamlOf(await readIfThere(folder, file) ?? "", file);
    if (node?.kind !== "map") continue;
    if (node.entries.get("dependencies")?.kind === "list") condaFiles.push(file);
    else definitions.push(...await definitionIn(folder, node, file));
  }
  const own = await ownRequirements(folder, condaFiles);
  const definitionOf = (asked: ReturnType<typeof referenceOf>) =>
    definitions.find(({ name }) => name === asked?.name);
  return {
    unread(environment) {
      const definition = definitionOf(referenceOf(environment));
      return definition !== undefined && "message" in definition ? definition : undefined;
    },
    of(environment) {
      const asked = referenceOf(environment);
      const definition = definitionOf(asked);
      if (definition === undefined) return own;
      if ("message" in definition) return undefined;
      const { version, open } = definition;
      const isOther = version !== undefined && asked?.version !== undefined && version !== asked.version;
      const doubt = open ?? (isOther ? `the project defines version ${version} of it` : undefined);
      const change = isPushed ? undefined : { in: definition.file, then: "" };
      return { ...definition, ...(change && { change }), ...(doubt !== undefined && { doubt }) };
    },
  };
}

async function yamlFiles(fs: FileSystem, root: string): Promise<string[]> {
  const files: string[] = [];
  const below = (path: string) => relative(root, path).replaceAll(sep, "/");
  const enter = (folder: string) =>
    folder === root || (!NEVER.test(basename(folder)) && below(folder).split("/").length < DEEPEST);
  try {
    for await (const { path, kind } of fs.walk(root, enter)) {
      if (kind === "file" && (YAML_FILE.test(path) || isInEnvironmentFolder(below(path)))) {
        files.push(below(path));
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.PermissionDenied)) throw thrown;
  }
  return files.sort();
}

function isInEnvironmentFolder(path: string): boolean {
  return /\.ya?ml$/.test(path) && /env|docker|azure/i.test(dirname(path));
}

async function definitionIn(
  folder: ProjectFolder,
  node: MapNode,
  file: string,
): Promise<(Definition | UnreadDefinition)[]> {
  const text = (key: string) => textOf(node.entries.get(key));
  const [name, image, conda] = [text("name"), text("image"), node.entries.get("conda_file")];
  if (name === undefined || image === undefined || conda === undefined) return [];
  const written = node.entries.get("version");
  const version = written?.kind === "scalar" ? String(written.value) : undefined;
  const path = textOf(conda);
  const condaFile = path === undefined ? file : join(dirname(file), path).replaceAll(sep, "/");
  const packages = path === undefined
    ? await condaPackages(folder, conda)
    : await readCondaFile(folder, condaFile);
  if (packages === undefined) {
    return [{ name, ...await whyUnread(folder, condaFile, path === undefined ? conda : undefined, conda) }];
  }
  // Azure ML creates a new conda environment, but runs it in an image that may have another one.
  const { place } = node.entries.get("image")!;
  return [{ ...packages, name, version, file: condaFile, image: { name: image, place } }];
}

/** @param given The content, if it is not in a file. @param named Where the definition names the file. */
async function whyUnread(
  folder: ProjectFolder,
  file: string,
  given: ConfigNode | undefined,
  named: ConfigNode,
): Promise<Omit<UnreadDefinition, "name">> {
  const text = given === undefined ? await readIfThere(folder, file) : "";
  if (text === undefined) {
    return { message: `Conda file ${file} not found`, place: nearestNode(named) };
  }
  let node: ConfigNode | undefined;
  try {
    node = given ?? parseYaml(text, file);
  } catch (thrown) {
    const { message, place = { file } } = userErrorOf(thrown);
    return { message, place, ...conflictIn(text, file) };
  }
  const keys = node?.kind === "map" ? [...node.entries.keys()].map(String) : [];
  const meant = nearest("dependencies", keys);
  const written = node?.kind === "map" && meant !== undefined ? node.entries.get(meant) : undefined;
  return {
    message: `${file} has no list \`dependencies\`, so the packages of the environment are unknown`,
    hint: meant === undefined || meant === "dependencies"
      ? undefined
      : `Rename "${meant}" to \`dependencies\``,
    place: written?.keyPlace ?? (node === undefined ? { file } : nearestNode(node)),
  };
}

function textOf(node: ConfigNode | undefined): string | undefined {
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;
}

/** The packages in the project's own requirement files, which may or may not build the environment. */
async function ownRequirements(
  folder: ProjectFolder,
  condaFiles: readonly string[],
): Promise<JobEnvironment | undefined> {
  const parts: (RequiredPackages & { readonly file: string })[] = [];
  const add = (file: string, found: RequiredPackages | undefined) => {
    if (found !== undefined && found.requirements.length > 0) parts.push({ ...found, file });
  };
  for (const file of condaFiles) add(file, await readCondaFile(folder, file));
  for (const file of ["requirements.txt", "src/requirements.txt"]) {
    if (await readIfThere(folder, file) !== undefined) add(file, await readRequirementsFile(folder, file));
  }
  add("pyproject.toml", await readPyproject(folder));
  const [first] = parts;
  if (first === undefined) return undefined;
  return {
    ...mergePackages(parts),
    file: first.file,
    doubt: "no file of the project says what is in it",
  };
}

function referenceOf(environment: string | undefined) {
  const reference = environment === undefined ? undefined : tryParse(() => parseEnvironment(environment));
  return reference?.kind === "named" ? reference : undefined;
}

/** Images of Azure ML that have Python and conda, but no packages that projects use. */
const PLAIN_IMAGE =
  /^(?:mcr\.microsoft\.com\/azureml\/(?:openmpi|minimal|base|inference-base)|(?:docker\.io\/)?(?:library\/)?(?:python|ubuntu|debian|condaforge\/|continuumio\/miniconda|mambaorg\/))/;

/** Whether an image brings no packages that projects use. */
export function isPlainImage(image: string): boolean {
  return PLAIN_IMAGE.test(image);
}

/** What packages bring with them, as far as it is known. */
export type Closure = ReturnType<typeof closureOf>;

/** Packages that bring no others. */
const INSTALLERS = new Set(["pip", "setuptools", "wheel", "uv"]);

/** A package without content that pip no longer installs; scikit-learn is meant. */
const EMPTY = "sklearn";

export function closureOf({ requirements }: Pick<RequiredPackages, "requirements">) {
  const packages = knownPackages();
  const names = new Set<string>();
  const unknown = new Set<string>();
  const queue = requirements.flatMap(({ name, extras }) => [
    name,
    ...(name === "kedro-datasets"
      ? extras.flatMap((extra) => knownDatasets().extra(extra))
      : extras.length === 0
      ? []
      : packages.extrasOf(name)),
  ]);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (names.has(name) || name === EMPTY) continue;
    names.add(name);
    const requires = packages.requirementsOf(name);
    if (requires === undefined && !INSTALLERS.has(name)) unknown.add(name);
    if (requires === undefined) continue;
    queue.push(...requires);
  }
  return { names, unknown: [...unknown].sort() };
}

/** Whether required packages, or what they bring with them, provide a module such as `sklearn`. */
export function provides(packages: Pick<RequiredPackages, "requirements">, module: string): boolean {
  const { names } = closureOf(packages);
  const top = normalName(module.split(".")[0]!);
  if (knownPackages().providersOf(module).some((name) => names.has(name)) || names.has(top)) return true;
  const isShared = knownPackages().namespaces.has(module.split(".")[0]!);
  // Of a namespace such as `google` alone, each package that has a part of it will do.
  if (isShared && !module.includes(".")) return [...names].some((name) => name.startsWith(`${top}-`));
  // A package of the same name with something added, such as `acme-core-py` for `acme_core`.
  return !isShared && packages.requirements.some(({ name }) => name !== EMPTY && name.includes(top));
}
