import { join, resolve } from "node:path";
import { onceEach } from "../core/async.ts";
import type { Context } from "../core/context.ts";
import { type Place, UserError } from "../core/errors.ts";
import { requireSmall } from "../core/files.ts";
import type { LoaderSettings } from "../core/loader_settings.ts";
import { ANY_ONE, ANYTHING, fitsPieces, type GlobPiece, literal } from "../core/text_match.ts";
import { findFiles, type Folder, folderOf, type FolderOptions } from "./conf_folders.ts";
import {
  children,
  type ConfigNode,
  emptyLayer,
  keyText,
  type MapNode,
  mapNode,
  nearestNode,
} from "./omegaconf/node.ts";
import { parseYaml } from "./omegaconf/yaml.ts";
import { describesSecret, isCredentialsFile, isSecretName, NO_SECRET } from "../core/secrets.ts";
import { shellWord } from "../core/untrusted.ts";

/** The kinds of configuration that Kedro and the plugin register in every project, with their files. */
const CONF_PATTERNS: Readonly<Record<string, readonly string[]>> = {
  catalog: ["catalog*", "catalog*/**", "**/catalog*"],
  parameters: ["parameters*", "parameters*/**", "**/parameters*"],
  credentials: ["credentials*", "credentials*/**", "**/credentials*"],
  globals: ["globals.yml"],
  azureml: ["azureml*", "azureml*/**", "**/azureml*"],
};

/** The files that kedro-mlflow registers as `mlflow` whenever it is installed, unless settings.py registers others. */
export const MLFLOW_PATTERNS: readonly string[] = ["mlflow*", "mlflow*/**", "**/mlflow*"];

/** The file patterns of a kind of configuration; `undefined` for a kind that is not registered. */
export function patternsOf(kind: string, settings: LoaderSettings): readonly string[] | undefined {
  return settings.config_patterns[kind] ?? CONF_PATTERNS[kind];
}

/** A reference to an environment variable without a default in a configuration file, such as `${oc.env:HOME}`. */
interface EnvReference {
  readonly variable: string;
  readonly place: Place;
}

/** The configuration files of one environment as written, before merging and interpolation. */
export interface ConfFiles {
  /** The folders that Kedro reads, relative to the project: `base` and the environment's. */
  readonly folders: { readonly base: string; readonly env: string };
  /** Paths of all files that Kedro reads, relative to the project. */
  readonly files: readonly string[];
  readonly envReferences: readonly EnvReference[];
  /** Top-level keys of the credentials, each with the files that define it. */
  readonly credentials: ReadonlyMap<string, readonly string[]>;
  /** The texts of MLflow's configuration that steps read. */
  readonly mlflow: readonly { readonly text: string; readonly place: Place }[];
  /**
   * Texts of the parameters, the globals, the catalog and files that Kedro does not read, that their keys call secrets, unless they are interpolated or
   * a comment `secretlint-disable-line` makes an exception.
   */
  readonly secrets: Awaited<ReturnType<typeof secretsOf>>;
  /** The classes in conf/logging.yml with their modules, and keys `()`, which name any callable. */
  readonly logging: readonly { readonly name: string; readonly place: Place }[];
  /** Top-level keys of a kind of file such as `catalog`, each with the files that define it. */
  keys(kind: string): ReadonlyMap<string, readonly string[]>;
  /** Where the value at a dotted path such as `train.seed` is written, in the last file of a kind that has it. */
  placeOfKey(kind: string, path: string): Place | undefined;
  /**
   * Returns where a dataset of the catalog is defined, by its name or by the best matching dataset factory pattern.
   *
   * @param path Keys in its entry that lead to the value to point at, as far as they are written there.
   */
  placeOfDataset(dataset: string, path?: readonly string[]): Place | undefined;
  /** The pattern that gives a dataset its entry, such as `{name}_csv`; `undefined` if it has an entry of its own, or none. */
  factoryOf(dataset: string): string | undefined;
}

/** The first file of MLflow's configuration, relative to the project; `undefined` if there is none. */
export async function findMlflowFile(
  ctx: Pick<Context, "fs">,
  options: FolderOptions & { readonly env: string },
): Promise<string | undefined> {
  for (const env of [options.env, options.settings.base_env ?? ""]) {
    try {
      const [file] = await findFiles(ctx, folderOf(options, env), { ...options, patterns: MLFLOW_PATTERNS });
      if (file !== undefined) return file.name;
    } catch (thrown) {
      if (!isUnread(thrown)) throw thrown;
    }
  }
  return undefined;
}

/** Whether a folder or file could not or may not be read, which loading reports. */
function isUnread(thrown: unknown): boolean {
  return thrown instanceof UserError || thrown instanceof Deno.errors.NotFound ||
    thrown instanceof Deno.errors.PermissionDenied;
}

/** Reads the configuration files as written, except unreadable ones, which loading reports. */
export async function readConfFiles(
  ctx: Pick<Context, "fs">,
  options: FolderOptions & { readonly env: string },
): Promise<ConfFiles> {
  const base = folderOf(options, options.settings.base_env ?? "");
  const run = folderOf(options, options.env);
  const folders = run.path === base.path ? [base] : [base, run];
  const read = (kind: string) => readFiles(ctx, folders, options, patternsOf(kind, options.settings) ?? []);
  const kinds = [
    ...new Set([...Object.keys(CONF_PATTERNS), ...Object.keys(options.settings.config_patterns)]),
  ];
  const byKind = new Map(
    await Promise.all(kinds.map(async (kind) => [kind, await read(kind)] as const)),
  );
  const all = new Map([...byKind.values()].flatMap((files) => [...files]));
  // Uploaded like the others, whether Kedro reads them or not; credentials and azureml.yml have checks of their own.
  const others = [...await readFiles(ctx, folders, options, ["**"])].filter(([name]) =>
    !all.has(name) && !isCredentialsFile(name) && !/\/azureml[^/]*$/.test(name)
  );
  return {
    folders: { base: base.name, env: run.name },
    files: [...all.keys()].sort(),
    envReferences: [...all.values()].flatMap((file) => referencesIn(file)),
    credentials: keysWithFiles(byKind.get("credentials")!),
    mlflow: [...byKind.get("mlflow")?.values() ?? []].flatMap((node) => mlflowTexts(node)),
    secrets: await secretsOf(
      ctx,
      options.root,
      [
        ...["parameters", "globals", "catalog"].flatMap((kind) => [...byKind.get(kind)?.values() ?? []]),
        ...others.map(([, node]) => node),
      ],
    ),
    logging: await readLogging(ctx, options.root),
    keys: (kind) => keysWithFiles(byKind.get(kind) ?? new Map()),
    placeOfKey: (kind, path) =>
      [...byKind.get(kind)?.values() ?? []].map((node) => placeAt(node, path))
        .findLast((place) => place !== undefined),
    ...datasetsOf([...byKind.get("catalog")!.values()]),
  };
}

type Files = ReadonlyMap<string, MapNode>;

/** Kedro reads this file from the folder in which it starts, whatever CONF_SOURCE says. */
async function readLogging(ctx: Pick<Context, "fs">, root: string): Promise<ConfFiles["logging"]> {
  for (const name of ["conf/logging.yml", "conf/logging.yaml"]) {
    const path = join(root, name);
    if ((await ctx.fs.stat(path))?.kind !== "file") continue;
    try {
      return classesIn(await readFile(ctx, { path, name }));
    } catch (thrown) {
      if (!isUnread(thrown)) throw thrown;
    }
  }
  return [];
}

function classesIn(node: ConfigNode): ConfFiles["logging"] {
  if (node.kind === "scalar") return [];
  return [...children(node)].flatMap(([key, child]) => {
    if (key === "()") return [{ name: "()", place: nearestNode(child) }];
    const isClass = key === "class" && child.kind === "scalar" && String(child.value).includes(".");
    return isClass ? [{ name: String(child.value), place: child.place }] : classesIn(child);
  });
}

async function readFiles(
  ctx: Pick<Context, "fs">,
  folders: readonly Folder[],
  options: FolderOptions,
  patterns: readonly string[],
): Promise<Files> {
  const read = new Map<string, MapNode>();
  for (const folder of folders) {
    try {
      for (const file of await findFiles(ctx, folder, { ...options, patterns })) {
        const node = await readFile(ctx, file).catch((thrown) => {
          if (!isUnread(thrown)) throw thrown;
        });
        if (node !== undefined) read.set(file.name, node);
      }
    } catch (thrown) {
      if (!isUnread(thrown)) throw thrown;
    }
  }
  return read;
}

const ENV_REFERENCE = /(?<!\\)\$\{\s*oc\.env\s*:\s*([A-Za-z_]\w*)\s*\}/g;

function referencesIn(node: ConfigNode): EnvReference[] {
  if (node.kind !== "scalar") return [...children(node)].flatMap(([, child]) => referencesIn(child));
  if (typeof node.value !== "string") return [];
  return [...node.value.matchAll(ENV_REFERENCE)]
    .map(([, variable]) => ({ variable: variable!, place: node.place }));
}

function mlflowTexts(node: ConfigNode): ConfFiles["mlflow"] {
  if (node.kind === "scalar") {
    return typeof node.value === "string" ? [{ text: node.value, place: node.place }] : [];
  }
  // `ui` of mlflow.yml is where `kedro mlflow ui` listens; no step reads it.
  return [...children(node)].flatMap(([key, child]) => key === "ui" ? [] : mlflowTexts(child));
}

function keysWithFiles(files: Files): Map<string, string[]> {
  const keys = [...files].flatMap(([name, { entries }]) =>
    [...entries.keys()].map((key) => [String(key), name] as const)
  );
  const byKey = Map.groupBy(keys, ([key]) => key);
  return new Map([...byKey].map(([key, all]) => [key, all.map(([, name]) => name)]));
}

function datasetsOf(files: readonly MapNode[]): Pick<ConfFiles, "placeOfDataset" | "factoryOf"> {
  const nodes = new Map<string, ConfigNode>();
  for (const { entries } of files) {
    for (const [key, node] of entries) nodes.set(String(key), node);
  }
  // Many checks ask about each dataset.
  const keyOf = onceEach((dataset: string) => entryFor(dataset, nodes.keys()));
  return {
    placeOfDataset(dataset, path = []) {
      const key = keyOf(dataset);
      return key === undefined ? undefined : placeBelow(nodes.get(key)!, path);
    },
    factoryOf(dataset) {
      const key = keyOf(dataset);
      return key === dataset ? undefined : key;
    },
  };
}

/** The place of the value that a path leads to; of the last value on its way that is written there. */
function placeBelow(node: ConfigNode, path: readonly string[]): Place {
  const [key, ...rest] = path;
  const child = key !== undefined && node.kind === "map" ? node.entries.get(key) : undefined;
  if (child !== undefined) return placeBelow(child, rest);
  return node.keyPlace ?? nearestNode(node);
}

/** The place of the value at a dotted path, whose keys may have dots themselves. */
function placeAt(node: ConfigNode, path: string): Place | undefined {
  if (path === "" || node.kind === "scalar") return path === "" ? node.place : undefined;
  for (const [key, child] of children(node)) {
    const rest = path.startsWith(`${key}`) ? path.slice(`${key}`.length) : undefined;
    if (rest === undefined || !/^(?:$|[.[])/.test(rest)) continue;
    const place = placeAt(child, rest.replace(/^[.[]/, "").replace(/^(\d+)\]/, "$1"));
    if (place !== undefined) return place;
  }
  return undefined;
}

/** The catalog key that defines a dataset: its own name, or the matching pattern with the most fixed text. */
function entryFor(dataset: string, keys: Iterable<string>): string | undefined {
  const all = [...keys];
  if (all.includes(dataset)) return dataset;
  const fixed = (key: string) => key.replace(PLACEHOLDER, "").length;
  return all.filter((key) => key.includes("{") && fitsPieces(patternOf(key), dataset))
    .sort((a, b) => fixed(b) - fixed(a))[0];
}

const PLACEHOLDER = /\{[^{}]*\}/g;

/** Each placeholder stands for at least one character. */
function patternOf(key: string): readonly GlobPiece[] {
  return key.split(PLACEHOLDER)
    .flatMap((text, at) => [...(at > 0 ? [ANY_ONE, ANYTHING] : []), ...literal(text)]);
}

/**
 * Reads one configuration file, which must contain a mapping or nothing.
 *
 * @throws {UserError} `config.yaml`, `config.not_a_mapping`, `config.unreadable`, `config.not_utf8` or
 *   `file.too_large`.
 */
export async function readFile(ctx: Pick<Context, "fs">, file: Folder): Promise<MapNode> {
  await requireSmall(ctx, file.path, file.name);
  const node = parseYaml(decode(await readBytes(ctx, file), file), file.name);
  if (node === undefined || (node.kind === "scalar" && node.value === null)) return emptyLayer(file.name);
  if (node.kind === "scalar" && typeof node.value === "string") {
    return mapNode(node.place, [[node.value, { kind: "scalar", value: null, place: node.place }]]);
  }
  if (node.kind === "map") return node;
  const what = node.kind === "list" ? "a list" : "a single value";
  throw new UserError(`Cannot read "${file.name}": it holds ${what} where keys are expected`, {
    // config.not_a_mapping: A configuration file has no keys at the top. Write `key: value` lines.
    code: "config.not_a_mapping",
    hint: "Write `key: value` lines at the top of the file",
    place: node.place,
  });
}

async function readBytes(ctx: Pick<Context, "fs">, file: Folder): Promise<Uint8Array> {
  try {
    return await ctx.fs.readBytes(file.path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.PermissionDenied)) throw cause;
    throw new UserError(`Cannot read "${file.name}": permission denied`, {
      // config.unreadable: A configuration file or folder cannot be read. Correct its permissions.
      code: "config.unreadable",
      hint: `Run \`chmod u+r ${shellWord(file.name)}\``,
      place: { file: file.name },
      cause,
    });
  }
}

function decode(bytes: Uint8Array, file: Folder): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UserError(`Cannot read "${file.name}": it is not UTF-8`, {
      // config.not_utf8: A configuration file is not UTF-8. Save it as UTF-8.
      code: "config.not_utf8",
      hint: "Save the file as UTF-8",
      place: placeOfBadByte(bytes, file.name),
      cause,
    });
  }
}

function placeOfBadByte(bytes: Uint8Array, file: string): Place {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const before = text.slice(0, Math.max(0, text.indexOf("\ufffd"))).split("\n");
  return { file, line: before.length, column: before.at(-1)!.length + 1 };
}

/** A text of a configuration file whose key suggests that it is a secret. */
interface ConfSecret {
  /** Its dotted path, such as `api.token`. */
  readonly key: string;
  readonly place: Place;
}

function secretsIn(node: ConfigNode, path: readonly string[] = [], isSecret = false): ConfSecret[] {
  if (node.kind === "scalar") {
    const { value, place } = node;
    const isText = typeof value === "string" && value.trim() !== "" && !value.includes("${");
    // The catalog names entries of the credentials by this key.
    return isSecret && isText && path.at(-1) !== "credentials" ? [{ key: path.join("."), place }] : [];
  }
  return [...children(node)].flatMap(([key, child]) => {
    const name = String(key);
    // The name of a dataset says nothing about the values in its entry.
    const isDataset = path.length === 0 && child.kind === "map" && child.entries.has("type");
    const isNamed = isSecret || typeof key === "string" && !isDataset && isSecretName(name);
    return secretsIn(child, [...path, name], isNamed && !describesSecret(name));
  });
}

/** Finds the secrets in files of configuration, but those on lines with {@linkcode NO_SECRET}. */
export async function secretsOf(
  { fs }: Pick<Context, "fs">,
  root: string,
  files: readonly ConfigNode[],
): Promise<readonly ConfSecret[]> {
  const secrets = files.flatMap((file) => secretsIn(file));
  const names = [...new Set(secrets.map(({ place }) => place.file))];
  const lines = new Map(
    await Promise.all(
      names.map(async (file) => [file, (await fs.readText(resolve(root, file))).split("\n")] as const),
    ),
  );
  return secrets.filter(({ place: { file, line = 1 } }) => !NO_SECRET.test(lines.get(file)![line - 1] ?? ""));
}

/**
 * Replaces every value of a credentials file and keeps its structure, so that code that looks up
 * `credentials["db"]["user"]` finds a value but no secret. Text (interpolations too) becomes `masked`, numbers become
 * 0 and booleans false.
 *
 * @returns JSON, which is also YAML; `undefined` if the file cannot be parsed, because then nothing of it may be
 *   shown.
 */
export function maskCredentials(text: string, file: string): string | undefined {
  try {
    const node = parseYaml(text, file);
    return JSON.stringify(node === undefined ? {} : masked(node));
  } catch (thrown) {
    if (thrown instanceof UserError || thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}

function masked(node: ConfigNode): unknown {
  if (node.kind === "list") return node.items.map(masked);
  if (node.kind === "map") {
    return Object.fromEntries([...node.entries].map(([key, child]) => [keyText(key), masked(child)]));
  }
  switch (typeof node.value) {
    case "string":
      return "masked";
    case "boolean":
      return false;
    case "number":
    case "bigint":
      return 0;
    default:
      return null;
  }
}
