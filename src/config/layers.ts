import type { Context } from "../context.ts";
import { ExitCode, type Place, placeText, UserError, type Warning } from "../errors.ts";
import { didYouMean } from "../suggest.ts";
import { findFiles, type Folder } from "./files.ts";
import { interpolate, type Sources } from "./interpolate.ts";
import { emptyLayer, mergeDeep, mergeLayers, nearest } from "./merge.ts";
import { type ConfigNode, fromPlain, type MapNode, mapNode, setEntry } from "./node.ts";
import { type LoaderSettings, patternsOf } from "./settings.ts";
import { parseYaml } from "./yaml.ts";

/** What loading needs to know. */
export interface LoadOptions {
  /** Absolute path of the project. */
  readonly root: string;
  /** The Kedro environment. */
  readonly env: string;
  readonly settings: LoaderSettings;
  /** What `--params` gives. */
  readonly runtimeParams?: Readonly<Record<string, unknown>>;
  /** Answers a resolver that settings.py registers. */
  readonly resolve?: (name: string, args: readonly unknown[]) => Promise<unknown>;
}

/** One kind of configuration, all layers laid on each other. */
export interface Layers {
  readonly values: MapNode;
  /** Files that were read, relative to the project. */
  readonly files: readonly string[];
  /** Folders that were looked at, relative to the project. */
  readonly folders: readonly string[];
  readonly patterns: readonly string[];
  readonly warnings: readonly Warning[];
}

/**
 * Loads one kind of configuration, such as `azureml` or `parameters`, as Kedro's `OmegaConfigLoader` does.
 *
 * @throws {UserError} `config.*` when a file cannot be read, a key is there twice, an interpolation cannot be worked out,
 *   or there is no such environment.
 */
export async function loadLayers(
  ctx: Pick<Context, "fs" | "env">,
  kind: string,
  options: LoadOptions,
): Promise<Layers> {
  const warnings: Warning[] = [];
  const globals = kind === "globals" ? undefined : await loadGlobals(ctx, options, warnings);
  return await loadKind(ctx, kind, options, {
    globals,
    runtimeParams: kind === "globals" ? undefined : paramsOf(options),
    env: kind === "credentials" ? ctx.env : undefined,
    custom: options.settings.custom_resolvers,
    resolve: options.resolve,
    warnings,
  });
}

async function loadGlobals(
  ctx: Pick<Context, "fs" | "env">,
  options: LoadOptions,
  warnings: Warning[],
): Promise<MapNode> {
  const { settings, resolve } = options;
  const nothing = { globals: undefined, runtimeParams: undefined, env: undefined };
  return (await loadKind(ctx, "globals", options, {
    ...nothing,
    custom: settings.custom_resolvers,
    resolve,
    warnings,
  }))
    .values;
}

async function loadKind(
  ctx: Pick<Context, "fs">,
  kind: string,
  options: LoadOptions,
  sources: Sources,
): Promise<Layers> {
  const { settings, env } = options;
  const patterns = patternsOf(kind, settings) ?? [];
  const base = folderOf(options, settings.base_env ?? "");
  const run = folderOf(options, env);
  await requireFolder(ctx, base, options);
  if (run.path !== base.path) await requireFolder(ctx, run, options);
  const files: string[] = [];
  const read = (folder: Folder) => readLayer(ctx, folder, { kind, options, patterns, sources, files });
  const under = await read(base);
  const folders = run.path === base.path ? [base.name] : [base.name, run.name];
  const values = run.path === base.path
    ? under
    : mergeLayers(under, await read(run), settings.merge_strategy[kind] ?? "destructive");
  return { values, files, folders, patterns, warnings: sources.warnings };
}

/** @internal What reading a layer needs. */
interface Reading {
  readonly kind: string;
  readonly options: LoadOptions;
  readonly patterns: readonly string[];
  readonly sources: Sources;
  readonly files: string[];
}

async function readLayer(ctx: Pick<Context, "fs">, folder: Folder, reading: Reading): Promise<MapNode> {
  const { kind, options, patterns, sources, files } = reading;
  const found = await findFiles(ctx, folder, { root: options.root, patterns });
  const layers: MapNode[] = [];
  for (const file of found) layers.push(await readFile(ctx, file));
  files.push(...found.map((file) => file.name));
  if (layers.length === 0) return emptyLayer(folder.name);
  refuseTwice(layers, kind === "parameters");
  if (kind === "parameters") layers.push(paramsOf(options));
  const merged = layers.reduce((under, over) => mergeDeep(under, over));
  const values = await interpolate(merged, sources);
  return kind === "parameters" ? values : withoutPrivate(values);
}

async function readFile(ctx: Pick<Context, "fs">, file: Folder): Promise<MapNode> {
  const node = parseYaml(decode(await readBytes(ctx, file), file), file.name);
  if (node === undefined || (node.kind === "scalar" && node.value === null)) return emptyLayer(file.name);
  if (node.kind === "scalar" && typeof node.value === "string") {
    return mapNode(node.place, [[node.value, { kind: "scalar", value: null, place: node.place }]]);
  }
  if (node.kind === "map") return node;
  const what = node.kind === "list" ? "a list" : "a single value";
  throw new UserError(`Cannot read "${file.name}": it holds ${what} where keys are expected`, {
    code: "config.not_a_mapping",
    exit: ExitCode.Config,
    hint: "Write `key: value` lines at the top of the file",
    place: node.place,
  });
}

async function readBytes(ctx: Pick<Context, "fs">, file: Folder): Promise<Uint8Array> {
  try {
    return await ctx.fs.readBytes(file.path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.PermissionDenied)) throw cause;
    throw new UserError(`Cannot read "${file.name}": this user may not read it`, {
      code: "config.unreadable",
      exit: ExitCode.Config,
      hint: `Run \`chmod u+r ${file.name}\``,
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
      code: "config.not_utf8",
      exit: ExitCode.Config,
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

/** Refuses a key that two files of one folder have: which one wins would be chance. */
function refuseTwice(layers: readonly MapNode[], leaves: boolean): void {
  const seen = new Map<string, Place>();
  const twice: [string, Place, Place][] = [];
  for (const layer of layers) {
    const keys = keysOf(layer, leaves);
    for (const [key, place] of keys) {
      const before = seen.get(key);
      if (before !== undefined && !key.startsWith("_")) twice.push([key, before, place]);
    }
    for (const [key, place] of keys) seen.set(key, place);
  }
  const [first] = twice;
  if (first === undefined) return;
  const [key, before, place] = first;
  throw new UserError(
    `Cannot load "${key}": it is in two files of one environment, "${before.file}" and "${place.file}"`,
    {
      code: "config.duplicate_key",
      exit: ExitCode.Config,
      hint: "Keep it in one of them",
      place,
      details: twice.map(([name, one, two]) => `"${name}" at ${placeText(one)} and ${placeText(two)}`),
    },
  );
}

function keysOf(layer: MapNode, leaves: boolean, above = ""): [string, Place][] {
  return [...layer.entries].flatMap(([key, node]): [string, Place][] => {
    const path = above === "" ? String(key) : `${above}.${key}`;
    return leaves && node.kind === "map"
      ? keysOf(node, leaves, path)
      : [[path, node.keyPlace ?? nearest(node)]];
  });
}

function withoutPrivate(layer: MapNode): MapNode {
  const result = mapNode(layer.place);
  for (const [key, node] of layer.entries) {
    if (typeof key !== "string" || !key.startsWith("_")) setEntry(result, key, node);
  }
  return result;
}

function paramsOf(options: LoadOptions): MapNode {
  return fromPlain(options.runtimeParams ?? {}, { file: "--params" }) as MapNode;
}

function folderOf({ root, settings }: LoadOptions, env: string): Folder {
  const conf = settings.conf_source.replace(/[\\/]+$/, "");
  const isAbsolute = /^(?:[\\/]|[a-zA-Z]:)/.test(conf);
  const name = env === "" ? conf : `${conf}/${env}`;
  return { path: isAbsolute ? name : `${root}/${name}`, name };
}

async function requireFolder(ctx: Pick<Context, "fs">, folder: Folder, options: LoadOptions): Promise<void> {
  if ((await ctx.fs.stat(folder.path))?.kind === "folder") return;
  const conf = folderOf(options, "");
  if (folder.name === folderOf(options, options.env).name && options.env !== options.settings.base_env) {
    const envs = await environments(ctx, conf);
    throw new UserError(
      `Cannot load the environment "${options.env}": there is no folder "${folder.name}"${
        didYouMean(options.env, envs)
      }`,
      {
        code: "config.no_env",
        exit: ExitCode.Config,
        hint: envs.length === 0
          ? `Make the folder "${folder.name}"`
          : `Choose with \`-e\`: ${envs.join(", ")}`,
        details: envs.map((env) => `${conf.name}/${env}`),
        data: { environments: envs },
      },
    );
  }
  throw new UserError(`Cannot load configuration: there is no folder "${folder.name}"`, {
    code: "config.no_folder",
    exit: ExitCode.Config,
    hint: "Run `kedro-azureml init` to make it",
  });
}

/** Names of the environments that a project has folders for. */
async function environments(ctx: Pick<Context, "fs">, conf: Folder): Promise<string[]> {
  if ((await ctx.fs.stat(conf.path))?.kind !== "folder") return [];
  const names: string[] = [];
  for await (
    const entry of ctx.fs.walk(conf.path, (path) => !path.slice(conf.path.length + 1).includes("/"))
  ) {
    const name = entry.path.slice(conf.path.length + 1);
    if (entry.kind === "folder" && !/[\\/]/.test(name) && !name.startsWith(".")) names.push(name);
  }
  return names.sort();
}

/** Finds the value at a path; the nearest value above it where there is none. */
export function nodeAt(values: ConfigNode, path: readonly (string | number)[]): ConfigNode {
  let at = values;
  for (const key of path) {
    const child = at.kind === "map"
      ? at.entries.get(String(key))
      : at.kind === "list"
      ? at.items[Number(key)]
      : undefined;
    if (child === undefined) return at;
    at = child;
  }
  return at;
}
