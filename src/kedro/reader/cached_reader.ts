import { Buffer } from "node:buffer";
import { posix } from "node:path";
import type { Context } from "../../core/context.ts";
import { contentHash, textHash } from "../../core/encoding.ts";
import { parseJson } from "../../core/json.ts";
import { VERSION } from "../../core/version.ts";
import type { AskModules } from "../modules.ts";
import type { Project } from "../project.ts";
import type { LaterEntries } from "../sandbox/protocol.ts";
import type { UsedFiles } from "../sandbox/uses.ts";
import type { Json } from "../snapshot.ts";
import { outsideByPath } from "../visible.ts";
import { type ReadSnapshot, readSnapshot } from "./answer.ts";
import { openStore, type Store } from "./cache_store.ts";
import {
  askWithoutProject,
  type EmbeddedInput,
  type EmbeddedReader,
  openEmbedded,
  prepareEmbedded,
  snapshotOf,
  usedFilesShape,
  type Uses,
} from "./embedded_reader.ts";
import { keptFacts, moduleFacts } from "./module_facts.ts";
import { answerAsk, type HandedOver, insideRoot } from "./project_files.ts";
import type { KedroReader, ReaderOptions } from "./reader.ts";
import { json, listOf, oneOf, orNull, record, type Shaped, text } from "../shape.ts";
import { openFile } from "./snapshot_file.ts";

/**
 * Opens a project for reading: with the embedded Kedro, unless the options give a Python or a snapshot file.
 *
 * @throws {UserError} `kedro.version`, `kedro.python`, `snapshot.*` or `resource.missing`.
 */
export async function openReader(
  ctx: Pick<Context, "fs" | "env" | "resources" | "signal" | "exec" | "cwd">,
  project: Project,
  options: ReaderOptions,
): Promise<KedroReader> {
  if (options.snapshot !== undefined) return await openFile(ctx, project, options, options.snapshot);
  if (options.python !== undefined) {
    const { openPython } = await import("./python_reader.ts");
    return openPython(ctx, project, options, options.python);
  }
  return await openEmbedded(ctx, await prepareEmbedded(ctx, project, options));
}

/** Version of the entry format and of the hashed input; increase it to invalidate all cached readings. */
const FORMAT = 4;

const { dirname } = posix;

/**
 * The SHA-256 of the program and of the request; {@linkcode filesKey} and {@linkcode variablesKey} add the rest. Each
 * combination of options, and each version of the program, has its own.
 *
 * @param program Its version, and the ID of the embedded Kedro's image.
 */
export async function keyOf(
  input: EmbeddedInput,
  { version, image }: { readonly version: string; readonly image: string },
): Promise<string> {
  const { project, options: { env, runtimeParams = {}, allowEnvNames = null }, kedro } = input;
  const { packageName } = project;
  const root = insideRoot(project);
  const outside = outsideByPath(project);
  const request = { kedro, env, runtimeParams, allowEnvNames, packageName, root, outside };
  return await hashOf([`${FORMAT}`, version, image, JSON.stringify(request)]);
}

/**
 * The SHA-256 of the files and folders that a reading looked at: the content of files, the kind of folders, the names
 * in those that were listed, and that a path does not exist.
 *
 * @param used `null` for all files and folders.
 */
async function filesKey({ files, folders, later }: HandedOver, used: UsedFiles | null): Promise<string> {
  const entries = new Map<string, readonly (string | Uint8Array)[]>([
    ...folders.map((path) => [path, ["folder"]] as const),
    ...later.folders.map((path) => [path, ["later folder"]] as const),
    ...later.files.map(({ path, sizeBytes }) => [path, ["later", `${sizeBytes}`]] as const),
    ...files.map(({ path, bytes }) => [path, ["file", bytes]] as const),
  ]);
  const all = [...entries.keys()].sort();
  const listed = new Set(used?.listed);
  const names = all.filter((path) => listed.has(dirname(path)))
    .flatMap((path) => [path, entries.get(path)![0]!]);
  const contents = (used?.paths ?? all).flatMap((path) => [path, ...entries.get(path) ?? missing(path)]);
  return await hashOf([...names, "", ...contents]);

  /** A path below a file is missing in another way than one in a folder. */
  function missing(path: string): readonly (string | Uint8Array)[] {
    const above = dirname(path);
    const isTop = above === path;
    return isTop
      ? ["missing"]
      : entries.has(above)
      ? ["missing in", entries.get(above)![0]!]
      : missing(above);
  }
}

async function hashOf(parts: readonly (string | Uint8Array)[]): Promise<string> {
  const chunks = parts.flatMap((part) => [`${part.length}:`, part]);
  return await contentHash(
    Buffer.concat(chunks.map((chunk) => typeof chunk === "string" ? Buffer.from(chunk) : chunk)),
  );
}

/**
 * The SHA-256 of the environment variables that a reading looked up: whether each is set, whether it is hidden from the
 * project, and its value. Variables of Kedro's own settings are always included.
 *
 * @param variables Names; `null` for all.
 */
export function variablesKey(
  { environ, withheld }: Pick<EmbeddedInput, "environ" | "withheld">,
  variables: Uses["variables"],
): string {
  const present = [...Object.keys(environ.variables), ...Object.keys(withheld)];
  const names = variables === null || present.some((name) => name.includes("FOR_DYNACONF"))
    ? present
    : [...variables, ...present.filter((name) => /^(KEDRO|DYNACONF)/i.test(name))];
  const known = [...new Set(names)].sort().map((name) => {
    const isGiven = Object.hasOwn(environ.variables, name);
    const isWithheld = Object.hasOwn(withheld, name);
    return [name, isGiven ? environ.variables[name] : null, isWithheld ? withheld[name] : null];
  });
  return textHash(JSON.stringify(known));
}

/**
 * The SHA-256 of a file or a folder's entries that were fetched for the project's code; `"refused"` if access was
 * refused.
 *
 * @param names The only names of the folder that were looked up; `null` for a file, and for a folder that was listed.
 */
async function fetchedKey(
  bytes: Uint8Array | undefined,
  names: readonly string[] | null,
): Promise<string> {
  if (bytes === undefined) return "refused";
  if (names === null) return await hashOf([bytes]);
  const { files, folders } = JSON.parse(new TextDecoder().decode(bytes)) as LaterEntries;
  const isUsed = (path: string) => names.includes(posix.basename(path));
  const used = { files: files.filter(({ path }) => isUsed(path)), folders: folders.filter(isUsed) };
  return await hashOf([JSON.stringify(used)]);
}

/** The names of a folder that were looked up, for {@linkcode fetchedKey}. */
function namesUsed(used: UsedFiles | null, folder: string): readonly string[] | null {
  if (used === null || used.listed.includes(folder)) return null;
  return used.paths.filter((path) => dirname(path) === folder).map((path) => posix.basename(path));
}

type ReaderContext = Parameters<typeof openReader>[0] & Pick<Context, "home" | "platform" | "clock">;

/** A file or folder that the project's code requested while it ran, and the hash of what it used of it. */
const fetchedShape = record({
  what: oneOf("read", "list"),
  path: text,
  names: orNull(listOf(text)),
  key: text,
});
type Fetched = Shaped<typeof fetchedShape>;

const resolvedShape = record({ name: text, args: json, value: json });
type Resolved = Shaped<typeof resolvedShape>;

const entryShape = record({
  key: text,
  variables: orNull(listOf(text)),
  variablesKey: text,
  files: orNull(usedFilesShape),
  filesKey: text,
  fetched: listOf(fetchedShape),
  resolved: listOf(resolvedShape),
  printed: listOf(text),
  answer: readSnapshot,
});
type Entry = Shaped<typeof entryShape>;

/**
 * Opens a project for reading. With the embedded Kedro, an earlier command's reading is reused if nothing it depended
 * on has changed: the program, the files and folders that the project's code looked at, the environment variables that
 * it read, and what it fetched while it ran. A reading that depends on the clock, the time zone, random numbers or
 * memory addresses is not stored.
 *
 * @throws {UserError} as `openReader()`.
 */
export async function openCachedReader(
  ctx: ReaderContext,
  project: Project,
  options: ReaderOptions,
): Promise<KedroReader> {
  if (options.cache === false) return await openReader(ctx, project, options);
  const store = await openStore(ctx, project.root, options.onCache);
  const isEmbedded = options.snapshot === undefined && options.python === undefined;
  const reader = isEmbedded
    ? await openStored(ctx, project, options, store)
    : await openReader(ctx, project, options);
  if (store === undefined) return reader;
  const keyOfFacts = async () =>
    await hashOf(["modules", `${FORMAT}`, VERSION, options.python ?? await ctx.resources.imageId()]);
  return { ...reader, modules: keptFacts(store, keyOfFacts, reader.modules) };
}

async function openStored(
  ctx: ReaderContext,
  project: Project,
  options: ReaderOptions,
  store: Store | undefined,
): Promise<KedroReader> {
  const printed: string[] = [];
  const onPrint = (line: string) => {
    printed.push(line);
    options.onPrint?.(line);
  };
  const input = await prepareEmbedded(ctx, project, { ...options, onPrint });
  if (store === undefined) return await openEmbedded(ctx, input);
  const key = await keyOf(input, { version: VERSION, image: await ctx.resources.imageId() });
  const entry = await validEntry(ctx, store, { key, input });
  const open = () => openRecorded(ctx, { store, key, input, printed, entry, onCache: options.onCache });
  if (entry === undefined) return await open();
  options.onCache?.("Using the cached project; no relevant file changed");
  const modules: AskModules = (texts) =>
    askWithoutProject(ctx, project, options, moduleFacts, { action: "modules", texts });
  return replayingReader(entry, { input, open, modules, onPrint: options.onPrint });
}

async function validEntry(
  ctx: ReaderContext,
  store: Store,
  { key, input }: { readonly key: string; readonly input: EmbeddedInput },
): Promise<Entry | undefined> {
  try {
    const entry = entryShape(parseJson(await store.read(key) ?? ""), "entry");
    if (entry.key !== key || entry.variablesKey !== variablesKey(input, entry.variables)) return undefined;
    if (entry.filesKey !== await filesKey(await input.files, entry.files)) return undefined;
    for (const { what, path, names, key: known } of entry.fetched) {
      const bytes = await answerAsk(ctx, input.project, { what, path }).catch(() => undefined);
      if (await fetchedKey(bytes, names) !== known) return undefined;
    }
    return entry;
  } catch {
    return undefined;
  }
}

/** Answers from a cached entry; starts an interpreter only for resolver calls that the entry does not contain. */
function replayingReader(
  entry: Entry,
  { input, open, modules, onPrint }: {
    readonly input: EmbeddedInput;
    readonly open: () => Promise<EmbeddedReader>;
    readonly modules: AskModules;
    readonly onPrint: ReaderOptions["onPrint"];
  },
): KedroReader {
  let opened: Promise<EmbeddedReader> | undefined;
  let isPrinted = false;
  return {
    async snapshot(how = {}) {
      if (!isPrinted) { for (const line of entry.printed) onPrint?.(line); }
      isPrinted = true;
      return await snapshotOf(input, entry.answer, how);
    },
    async resolve(name, args) {
      const recorded = entry.resolved.find((call) => isCall(call, name, args));
      if (recorded !== undefined && opened === undefined) return recorded.value;
      return await (await (opened ??= open())).resolve(name, args);
    },
    modules: async (texts) => await (opened === undefined ? modules : (await opened).modules)(texts),
    async close() {
      await (await opened?.catch(() => undefined))?.close();
    },
  };
}

/**
 * Reads with an interpreter and stores the reading when the reader is closed.
 *
 * @param options.entry A valid entry with the same key that lacks a resolver call; its other contents are kept.
 */
async function openRecorded(
  ctx: ReaderContext,
  { store, key, input, printed, entry: earlier, onCache }: {
    readonly store: Store;
    readonly key: string;
    readonly input: EmbeddedInput;
    readonly printed: readonly string[];
    readonly entry: Entry | undefined;
    readonly onCache: ReaderOptions["onCache"];
  },
): Promise<EmbeddedReader> {
  const fetched = new Map<string, { what: Fetched["what"]; path: string; bytes: Uint8Array | undefined }>();
  const resolved = [...earlier?.resolved ?? []];
  const varying = new Set<string>();
  let answered: ReadSnapshot | undefined;
  const reader = await openEmbedded(ctx, input, (what, path, bytes) => {
    if ((what === "read" || what === "list") && typeof path === "string") {
      fetched.set(`${what} ${path}`, { what, path, bytes });
    }
  });
  const answer = async () => answered = await reader.answer();
  async function remember(read: ReadSnapshot): Promise<void> {
    const { variables: readVariables, files: looked, changing } = await reader.uses();
    const reasons = [...changing, ...varying, ...hasAddress(read) ? ["the address of an object"] : []];
    if (reasons.length > 0) return onCache?.(`This reading is not cached: it uses ${reasons.join(", ")}`);
    const variables = readVariables === null || earlier?.variables === null
      ? null
      : merged(earlier?.variables, readVariables);
    const files = looked === null || earlier?.files === null ? null : {
      paths: merged(earlier?.files?.paths, looked.paths),
      listed: merged(earlier?.files?.listed, looked.listed),
    };
    const entry: Entry = {
      key,
      variables,
      variablesKey: variablesKey(input, variables),
      files,
      filesKey: await filesKey(await input.files, files),
      fetched: [
        ...earlier?.fetched ?? [],
        ...await Promise.all([...fetched.values()].map(async ({ what, path, bytes }) => {
          const names = what === "list" ? namesUsed(looked, path) : null;
          return { what, path, names, key: await fetchedKey(bytes, names) };
        })),
      ],
      resolved,
      printed,
      answer: read,
    };
    await store.write(key, JSON.stringify(entry));
  }
  return {
    ...reader,
    answer,
    snapshot: async (how = {}) => await snapshotOf(input, await answer(), how),
    async resolve(resolver, args) {
      await answer();
      const value = await reader.resolve(resolver, args);
      const recorded = resolved.find((call) => isCall(call, resolver, args));
      if (recorded === undefined) resolved.push({ name: resolver, args: [...args], value });
      else if (JSON.stringify(recorded.value) !== JSON.stringify(value)) {
        varying.add(`the resolver "${resolver}", which does not always return the same`);
      }
      return value;
    },
    async close() {
      if (answered !== undefined) await remember(answered).catch(() => {});
      await reader.close();
    },
  };
}

function merged(earlier: readonly string[] = [], now: readonly string[]): readonly string[] {
  return [...new Set([...earlier, ...now])].sort();
}

function isCall(call: Resolved, name: string, args: readonly Json[]): boolean {
  return call.name === name && JSON.stringify(call.args) === JSON.stringify(args);
}

/** Whether the answer contains a memory address, as in `<object at 0x7f…>`, which differs between readings. */
function hasAddress(read: ReadSnapshot): boolean {
  return / at 0x[0-9a-f]+>/.test(JSON.stringify(read));
}
