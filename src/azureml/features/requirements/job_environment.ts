import { basename, dirname, join, relative, sep } from "node:path";
import type { FileSystem } from "../../../core/context.ts";
import type { ConfigNode, MapNode } from "../../../config/omegaconf/node.ts";
import { type Place, tryParse } from "../../../core/errors.ts";
import { ENVIRONMENT_FILE } from "../../service/refusals/az_commands.ts";
import { parseEnvironment } from "../../job/compile/environment_ref.ts";
import { isPlainImage, readDockerfile } from "./dockerfile.ts";
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
} from "./requirement_files.ts";

/** The packages of a job's environment, as far as the project's files say. */
export interface JobEnvironment extends RequiredPackages {
  /** The file to change, relative to the project. */
  readonly file: string;
  /** Why the environment may have other packages; absent if the files build exactly this environment. */
  readonly doubt?: string;
  /** Where to point at (default: the first line of the file). */
  readonly place?: Place;
  /** The environment that the file defines; absent if it may define none. */
  readonly name?: string;
  /** How to change it, for hints, if not in `file`. */
  readonly change?: Change;
}

/** How to change an environment. */
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

/** What the project's files say about environments. */
export interface KnownEnvironments {
  /** The packages of an environment as in `execution.environment`; `undefined` if no file lists any. */
  of(environment: string | undefined): JobEnvironment | undefined;
}

/**
 * The packages of an environment by its conda file in Azure; `undefined` if it has none.
 *
 * @param name Name and version, such as `shop-env:7`.
 */
export async function azureEnvironment(
  { fs }: { readonly fs: FileSystem },
  root: string,
  { name, image, condaFile, place, own }: {
    readonly name: string;
    readonly image: string | undefined;
    readonly condaFile: string | undefined;
    readonly place: Place;
    /** What the project's files say about it. */
    readonly own?: JobEnvironment | undefined;
  },
): Promise<JobEnvironment | undefined> {
  const file = `environment ${name}`;
  const node = condaFile === undefined ? undefined : yamlOf(condaFile, file);
  const packages = node && await condaPackages({ fs, root }, node, file);
  if (packages === undefined) return undefined;
  const placed = (one: { readonly place: Place }) => ({ ...one, place });
  const doubt = packages.open ??
    (image === undefined || isPlainImage(image) ? undefined : `image ${image} may have more`);
  return {
    requirements: packages.requirements.map((requirement) => ({ ...requirement, ...placed(requirement) })),
    ...(packages.python && { python: { ...packages.python, place } }),
    file,
    place,
    change: own?.name === undefined ? { in: `a new version of ${file}`, then: "" } : changeOf(own),
    ...(doubt !== undefined && { doubt }),
  };
}

/** An Azure ML environment definition in a file. */
interface Definition extends RequiredPackages {
  readonly name: string;
  readonly version: string | undefined;
  readonly file: string;
}

const YAML_FILE = /(?:env|conda)[^/]*\.ya?ml$/i;
const NEVER = /^(?:\..*|conf|data|src|tests?|docs|notebooks|node_modules|venv|env|mlruns|logs|build|dist)$/;
const DEEPEST = 3;

/** Reads the files of a project that list packages. */
export async function readEnvironmentFiles(
  { fs }: { readonly fs: FileSystem },
  root: string,
): Promise<KnownEnvironments> {
  const folder: ProjectFolder = { fs, root };
  const definitions: Definition[] = [];
  const condaFiles: string[] = [];
  for (const file of await yamlFiles(fs, root)) {
    const node = yamlOf(await readIfThere(folder, file) ?? "", file);
    if (node?.kind !== "map") continue;
    if (node.entries.get("dependencies")?.kind === "list") condaFiles.push(file);
    else definitions.push(...await definitionIn(folder, node, file));
  }
  const own = await ownRequirements(folder, condaFiles);
  return {
    of(environment) {
      const asked = referenceOf(environment);
      const definition = definitions.find(({ name }) => name === asked?.name);
      if (definition === undefined) return own;
      const { version, open } = definition;
      const isOther = version !== undefined && asked?.version !== undefined && version !== asked.version;
      const doubt = open ?? (isOther ? `the project defines version ${version} of it` : undefined);
      return doubt === undefined ? definition : { ...definition, doubt };
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

async function definitionIn(folder: ProjectFolder, node: MapNode, file: string): Promise<Definition[]> {
  const text = (key: string) => textOf(node.entries.get(key));
  const name = text("name");
  if (name === undefined) return [];
  const written = node.entries.get("version");
  const version = written?.kind === "scalar" ? String(written.value) : undefined;
  const inFolder = (path: string) => join(dirname(file), path).replaceAll(sep, "/");
  const conda = node.entries.get("conda_file");
  const image = text("image");
  if (conda !== undefined && image !== undefined) {
    const path = textOf(conda);
    const condaFile = path === undefined ? file : inFolder(path);
    const packages = path === undefined
      ? await condaPackages(folder, conda, file)
      : await readCondaFile(folder, condaFile);
    if (packages === undefined) return [];
    // Azure ML creates a new conda environment, but runs it in an image that may have another one.
    return [{ ...packages, name, version, file: condaFile }];
  }
  const build = node.entries.get("build");
  if (build?.kind !== "map") return [];
  const context = inFolder(textOf(build.entries.get("path")) ?? ".");
  const dockerfile = join(context, textOf(build.entries.get("dockerfile_path")) ?? "Dockerfile")
    .replaceAll(sep, "/");
  const packages = await readDockerfile(folder, dockerfile, context);
  return packages === undefined ? [] : [{ ...packages, name, version, file: dockerfile }];
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
    doubt: "no file of the project defines it",
  };
}

function referenceOf(environment: string | undefined) {
  const reference = environment === undefined ? undefined : tryParse(() => parseEnvironment(environment));
  return reference?.kind === "named" ? reference : undefined;
}
