import { EXPERIMENT_NAME_CHARACTERS } from "../../core/azure_limits.ts";
import { basename } from "node:path";
import { isPlaceholder } from "../../config/init_placeholders.ts";
import type { Random } from "../../core/context.ts";
import { textHash, uuidForm } from "../../core/encoding.ts";
import { UserError } from "../../core/errors.ts";
import { trimBoth } from "../../core/format.ts";
import { pythonJson } from "../../core/json.ts";
import type { NodeSnapshot, PipelineSnapshot } from "../../kedro/snapshot.ts";

/** The files that `init --environment` writes, relative to the project: the environment's definition, and its packages. */
export const ENVIRONMENT_FILE = "environment/environment.yml";
export const CONDA_FILE = "environment/conda.yml";

/** A reference to an environment, as in `execution.environment`. */
type EnvironmentRef =
  /** An environment of the workspace, with a version, a label such as `latest`, or neither. */
  | { readonly kind: "named"; readonly name: string; readonly version?: string; readonly label?: string }
  /** An id that is passed to Azure unchanged: an ARM id or a registry's id. */
  | { readonly kind: "id"; readonly id: string }
  | { readonly kind: "image"; readonly image: string };

/**
 * Parses an environment reference.
 *
 * Names of Azure ML environments contain no slash, so anything with a slash that is not an id is an image, with or
 * without a port, a dot in its host, a tag or a digest.
 *
 * @throws {UserError} `environment.unclear` if it is none of these, `config.placeholder` for a placeholder from `init`.
 */
export function parseEnvironment(text: string): EnvironmentRef {
  const bare = text.startsWith("azureml:") && !text.startsWith("azureml://")
    ? text.slice("azureml:".length)
    : text;
  if (/^azureml:\/\//i.test(bare) || /^\/?subscriptions\//i.test(bare)) {
    return { kind: "id", id: bare.replace(/^subscriptions/i, "/subscriptions") };
  }
  if (bare.includes("/") && bare === text) return { kind: "image", image: text };
  const match =
    /^(?<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:@(?<label>[A-Za-z0-9._-]+)|:(?<version>[A-Za-z0-9._-]+))?$/
      .exec(bare);
  if (isPlaceholder(text)) {
    throw new UserError(`Environment "${text}" is a placeholder that has not been filled in`, {
      // config.placeholder: A value is still a placeholder of `init`. Run `kedro-azureml init`, or fill it in.
      code: "config.placeholder",
      hint: "Use `name@latest` or `name:version` of an environment in the workspace, or a Docker image",
    });
  }
  if (match?.groups === undefined) {
    throw new UserError(`"${text}" is not a valid environment`, {
      // environment.unclear: The environment is written in no known form. Write `name@latest`,
      //   `name:version`, an ID or an image.
      code: "environment.unclear",
      hint:
        "Use `name@latest`, `name:version`, an ID that starts with /subscriptions/ or azureml://, or an image with its registry",
    });
  }
  const { name, label, version } = match.groups;
  return {
    kind: "named",
    name: name!,
    ...(label === undefined ? {} : { label }),
    ...(version === undefined ? {} : { version }),
  };
}

/** The anonymous environment that azure-ai-ml creates for an image; its version is the reference's hash. */
export function anonymousImageEnvironment(image: string): { name: string; version: string; image: string } {
  return { name: "CliV2AnonymousEnvironment", version: textHash(textHash(image)), image };
}

/**
 * Derives the version of an anonymous component from its content, as azure-ai-ml does, so that equal steps of
 * different jobs share a component.
 *
 * @param spec The `componentSpec` to send; its name, version, id and `_source` are ignored.
 * @returns The first half of the hash in the form of a UUID.
 */
export function componentVersion(spec: Readonly<Record<string, unknown>>): string {
  const { name: _name, version: _version, id: _id, _source, ...content } = spec;
  return uuidForm(textHash(pythonJson(content, { sortKeys: true })));
}

export function portName(dataset: string): string {
  return dataset.toLowerCase().replace(/[^a-z0-9_]/g, "_");
}

/**
 * Assigns each item a unique name: the second item with the same name gets `_1`, the next `_2`.
 *
 * The keys of the result are the items; equal items share a name.
 */
export function uniqueNames(items: readonly string[], nameOf: (item: string) => string): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const item of items) {
    if (names.has(item)) continue;
    const wanted = nameOf(item);
    let name = wanted;
    for (let count = 1; taken.has(name); count++) name = `${wanted}_${count}`;
    taken.add(name);
    names.set(item, name);
  }
  return names;
}

/** The name of a node's component: lowercase, with dots replaced by double underscores. */
export function componentName(node: string): string {
  return node.toLowerCase().replaceAll(".", "__");
}

/** Letters in lowercase and digits, joined by `_`. */
export function normalizedName(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_");
}

/**
 * Assigns step keys, as azure-ai-ml derives them from the components' names. A step of one node has the same key as
 * without groups.
 */
export function stepKeys(groups: readonly NodeGroup[]): ReadonlyMap<string, string> {
  const single = groups.filter(({ nodes }) => nodes.length === 1);
  const several = groups.filter(({ nodes }) => nodes.length > 1);
  const names = [...single, ...several].map(({ name }) => name);
  return uniqueNames(names, (name) => {
    const key = trimBoth(normalizedName(componentName(name)), "_");
    return /^\p{N}/u.test(key) || key === "" ? `n${key}` : key;
  });
}

/**
 * The Kedro node of a step without a display name, from its key: Kedro names a node without a name `function__hash`, of
 * which a key keeps one underscore.
 */
export function nodeOfKey(key: string): string {
  return key.replace(/_(?=[0-9a-f]{8}$)(?=\d*[a-f])/, "__");
}

export interface NodeGroup {
  /** The node's own name if the group has only one. */
  readonly name: string;
  /** At least one, in execution order. */
  readonly nodes: readonly NodeSnapshot[];
}

/**
 * Rejects datasets whose names are not valid as inputs or outputs: as azure-ai-ml 1.35 checks them, they must start
 * with a letter or an underscore. Other invalid characters have already been replaced.
 *
 * @throws {UserError} `compile.dataset_name`.
 */
export function requirePortNames({ nodes }: Pick<PipelineSnapshot, "nodes">): void {
  for (const { name, func, inputs, outputs } of nodes) {
    const dataset = [...inputs, ...outputs].find((port) => /^[0-9]/.test(portName(port)));
    if (dataset === undefined) continue;
    throw new UserError(
      `Node "${name}": the name of dataset "${dataset}" starts with a digit, which Azure ML does not allow in input or output names`,
      {
        // compile.dataset_name: The name of a dataset starts with a digit. Rename the dataset.
        code: "compile.dataset_name",
        hint: `Rename "${dataset}" in the pipeline and in the catalog`,
        data: { dataset, function: func },
      },
    );
  }
}

/** The experiment of a job in azureml.yml, else that of mlflow.yml; without both, {@linkcode folderExperiment} counts. */
export function experimentOf(own: string | null | undefined, mlflow: string | undefined): string | undefined {
  return own || mlflow || undefined;
}

/**
 * The experiment for jobs that name none, derived from the project's folder as in azure-ai-ml 1.35
 * (`generate_defaults()`): without the folder's extension and without spaces, or `Default`. Characters that Azure ML
 * would then reject, such as dots, become `-`.
 *
 * @param folder Path of the folder; a result of this function is returned unchanged.
 */
export function folderExperiment(folder: string): string {
  const stem = basename(folder).replace(/(?<=.)\.[^.]+$/, "").replaceAll(" ", "");
  const clean = stem.replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^[_-]+/, "").replace(/(?<!-)-+$/, "").slice(
    0,
    EXPERIMENT_NAME_CHARACTERS,
  );
  return clean || "Default";
}

const FIRST =
  "amber brave calm clever copper coral crisp early fair fresh gentle golden happy hazel jolly keen kind light lively lucky mellow merry misty noble olive patient plucky polite proud quick quiet rapid rosy ruby serene silent silver smart snowy steady sunny swift tidy topaz vivid warm wise witty young zesty"
    .split(" ");
const SECOND =
  "acorn anchor badger basil beacon birch bison brook cedar clover comet cricket crane daisy delta ember falcon fern finch forest garden glacier harbor hazelnut heron island ivy jasmine juniper kestrel lagoon lantern lark lemon lily lynx maple meadow melon nectar oak orchid otter pebble pine plum quartz raven reef river robin sage sparrow spruce stone summit thistle tiger tulip valley violet walnut willow wren"
    .split(" ");
const LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz";

/** A name for a job in azure-ai-ml's style, chosen here so that it is known before the job is sent. */
export function jobName(random: Random): string {
  const oneOf = <T>(from: ArrayLike<T>) => from[Math.floor(random.number() * from.length)]!;
  const tail = Array.from({ length: 10 }, () => oneOf(LETTERS)).join("");
  return `${oneOf(FIRST)}_${oneOf(SECOND)}_${tail}`;
}
