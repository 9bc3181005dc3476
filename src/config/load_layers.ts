import type { Context } from "../core/context.ts";
import { type Place, placeText, UserError, userErrorOf } from "../core/errors.ts";
import {
  findFiles,
  type Folder,
  folderOf,
  type FolderOptions,
  requireFolders,
  requireInside,
} from "./conf_folders.ts";
import { checkTexts, interpolate, type Sources } from "./omegaconf/resolvers.ts";
import {
  type ConfigNode,
  copyNode,
  emptyLayer,
  fromPlain,
  type Key,
  keyText,
  type MapNode,
  mapNode,
  mergeDeep,
  nearestNode,
  replacing,
  setEntry,
} from "./omegaconf/node.ts";
import { patternsOf, readFile } from "./conf_files.ts";
import { secretBehind } from "../core/files.ts";
import { shellWord } from "../core/untrusted.ts";

export interface LoadOptions extends FolderOptions {
  readonly env: string;
  /** Runtime parameters, which take precedence. */
  readonly runtimeParams?: Readonly<Record<string, unknown>>;
  /** Calls a resolver that the project's settings.py registers, or one of OmegaConf's. */
  readonly resolve?: (name: string, args: readonly unknown[]) => Promise<unknown>;
}

export interface Layers {
  readonly values: MapNode;
  readonly files: readonly string[];
  readonly folders: readonly string[];
  readonly patterns: readonly string[];
}

/**
 * Loads one kind of configuration, such as `azureml` or `parameters`, as Kedro's `OmegaConfigLoader` does.
 *
 * @throws {UserError} `config.*` when a file cannot be read, a key is defined twice, an interpolation cannot be
 *   resolved, or the environment does not exist.
 */
export async function loadLayers(
  ctx: Pick<Context, "fs" | "env">,
  kind: string,
  options: LoadOptions,
): Promise<Layers> {
  const { settings: { custom_resolvers: custom }, resolve } = options;
  const plain: Sources = { globals: undefined, runtimeParams: undefined, custom, resolve };
  const globals = await loadKind(ctx, "globals", options, plain);
  const runtimeParams = paramsOf(options);
  return await loadKind(ctx, kind, options, { ...plain, globals: globals.values, runtimeParams });
}

async function loadKind(
  ctx: Pick<Context, "fs" | "env">,
  kind: string,
  options: LoadOptions,
  sources: Sources,
): Promise<Layers> {
  try {
    return await readKind(ctx, kind, options, sources);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.PermissionDenied)) throw cause;
    const { name } = folderOf(options, "");
    throw new UserError(`Cannot read the folder "${name}": permission denied`, {
      code: "config.unreadable",
      hint: `Run \`chmod -R u+rX ${shellWord(name)}\``,
      cause,
    });
  }
}

async function readKind(
  ctx: Pick<Context, "fs" | "env">,
  kind: string,
  options: LoadOptions,
  sources: Sources,
): Promise<Layers> {
  const { settings } = options;
  const patterns = patternsOf(kind, settings) ?? [];
  await requireInside(ctx, folderOf(options, "").path, options);
  const { base, run } = await requireFolders(ctx, options);
  const files: string[] = [];
  const read = async (folder: Folder) => {
    const matching = await findFiles(ctx, folder, { ...options, patterns });
    const layers: MapNode[] = [];
    for (const file of matching) {
      await refuseCredentials(ctx, file, options);
      layers.push(await readFile(ctx, file));
    }
    files.push(...matching.map((file) => file.name));
    if (layers.length === 0) return emptyLayer(folder.name);
    refuseDuplicateKeys(layers, kind === "parameters");
    if (kind === "parameters") layers.push(paramsOf(options));
    const merged = layers.reduce((under, over) => mergeDeep(under, over));
    const values = await interpolate(merged, sources);
    return kind === "parameters" ? values : withoutPrivate(values);
  };
  const under = await read(base);
  const folders = run.path === base.path ? [base.name] : [base.name, run.name];
  const values = run.path === base.path
    ? under
    : merge(under, await read(run), settings.merge_strategy[kind]);
  return { values, files, folders, patterns };
}

/**
 * Rejects credentials, also behind a link: settings.py can name any file as another kind of configuration, whose values
 * end up in jobs that others can read.
 */
async function refuseCredentials(
  { fs }: Pick<Context, "fs">,
  { path, name }: Folder,
  { root }: Pick<LoadOptions, "root">,
): Promise<void> {
  const secret = await secretBehind(fs, root, path);
  if (secret === undefined) return;
  throw new UserError(`Cannot read configuration from "${name}": "${secret}" is a file of secrets`, {
    // config.secret_file: A file of secrets, such as credentials.yml, is read as another kind of configuration, from
    //   which its values would end up in jobs. Remove the link or the pattern that leads to it.
    code: "config.secret_file",
    hint: "Remove the link, or the pattern in config_patterns of settings.py, that leads to it",
    place: { file: name },
  });
}

/** Rejects a key that two files of one folder define: which one wins would depend on the order of the files. */
function refuseDuplicateKeys(layers: readonly MapNode[], isNested: boolean): void {
  const seen = new Map<string, Place>();
  const duplicates: [string, Place, Place][] = [];
  for (const layer of layers) {
    const keys = keysOf(layer, isNested);
    for (const [key, place] of keys) {
      const before = seen.get(key);
      if (before !== undefined && !key.startsWith("_")) duplicates.push([key, before, place]);
    }
    for (const [key, place] of keys) seen.set(key, place);
  }
  const [first] = duplicates;
  if (first === undefined) return;
  const [key, before, place] = first;
  throw new UserError(
    `Key "${key}" is defined in two files of the same environment: "${before.file}" and "${place.file}"`,
    {
      // config.duplicate_key: A key is defined in two files of one environment. Remove one of them.
      code: "config.duplicate_key",
      hint: "Remove it from one of them",
      place,
      details: duplicates.map(([name, one, two]) => `"${name}" at ${placeText(one)} and ${placeText(two)}`),
    },
  );
}

function keysOf(layer: MapNode, isNested: boolean, above = ""): [string, Place][] {
  return [...layer.entries].flatMap(([key, node]): [string, Place][] => {
    const path = above === "" ? String(key) : `${above}.${key}`;
    return isNested && node.kind === "map"
      ? keysOf(node, isNested, path)
      : [[path, node.keyPlace ?? nearestNode(node)]];
  });
}

/** Removes keys that begin with `_`, which only exist for other values to refer to. */
function withoutPrivate(layer: MapNode): MapNode {
  const result = mapNode(layer.place);
  for (const [key, node] of layer.entries) {
    if (typeof key !== "string") throw notText(key, node);
    if (!key.startsWith("_")) setEntry(result, key, node);
  }
  return result;
}

function notText(key: Key, node: ConfigNode): UserError {
  return new UserError(`YAML does not read the key ${keyText(key)} as text`, {
    // config.key: YAML reads a key as something other than text. Write it in quotes.
    code: "config.key",
    hint: `Write "${keyText(key)}" in quotes`,
    place: node.keyPlace ?? node.place,
  });
}

function paramsOf(options: LoadOptions): MapNode {
  return fromPlain(options.runtimeParams ?? {}, { file: "--params" }) as MapNode;
}

/** Returns the value at a path, or its nearest existing parent. */
export function nodeAt(values: ConfigNode, path: readonly (string | number)[]): ConfigNode {
  let node = values;
  for (const key of path) {
    const child = node.kind === "map"
      ? node.entries.get(String(key))
      : node.kind === "list"
      ? node.items[Number(key)]
      : undefined;
    if (child === undefined) return node;
    node = child;
  }
  return node;
}

/** The parameters in files, without what the project's code resolves; `undefined` if they cannot be loaded. */
export async function writtenParameters(
  ctx: Pick<Context, "fs" | "env">,
  load: LoadOptions,
): Promise<MapNode | undefined> {
  try {
    return (await loadLayers(ctx, "parameters", { ...load, resolve: async () => "" })).values;
  } catch (thrown) {
    // Rethrows bugs and interruptions.
    userErrorOf(thrown);
    return undefined;
  }
}

/**
 * Merges the layer `over` onto the layer `under`, as Kedro's loader does.
 *
 * With `"destructive"`, its default, a top-level key of `over` replaces everything below that key in `under`; with
 * `"soft"` mappings merge key by key. Lists are replaced in both. The places of replaced values are kept in `overrides`.
 *
 * @throws {UserError} `config.merge` when `"soft"` has to merge a list and a mapping, `config.interpolation`.
 */
function merge(
  under: MapNode,
  over: MapNode,
  strategy: LoadOptions["settings"]["merge_strategy"][string] | undefined,
): MapNode {
  if (strategy === "soft") {
    [under, over].forEach(checkTexts);
    return mergeDeep(under, over);
  }
  const result = copyNode(under) as MapNode;
  for (const [key, value] of over.entries) setEntry(result, key, replacing(under.entries.get(key), value));
  return result;
}
