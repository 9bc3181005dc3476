import type { Context } from "../../core/context.ts";
import { parseJson } from "../../core/text/python_json.ts";
import { VERSION } from "../../core/version.ts";
import type { Project } from "../project.ts";
import { type ReadSnapshot, readSnapshot } from "../reader/answer.ts";
import {
  type EmbeddedInput,
  type EmbeddedReader,
  openEmbedded,
  prepareEmbedded,
  snapshotOf,
  usedFilesShape,
} from "../reader/embedded_reader.ts";
import { openReader } from "../reader/open.ts";
import type { KedroReader, ReaderOptions } from "../reader/reader.ts";
import { answerAsk } from "../reader/project_files.ts";
import { json, listOf, oneOf, orNull, record, type Shaped, text } from "../reader/shape.ts";
import type { Json } from "../snapshot.ts";
import { fetchedKey, filesKey, keyOf, namesUsed, variablesKey } from "./key.ts";
import { openStore, type Store } from "./store.ts";

/** Options for opening a project through the cache. */
export interface CachedReaderOptions extends ReaderOptions {
  /** False to ignore cached readings and store none. */
  readonly cache?: boolean;
  /** Called with a message that says whether a cached reading is used, or why this one is not stored. */
  readonly onCache?: (message: string) => void;
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

/** One resolver call and its result. */
const resolvedShape = record({ name: text, args: json, value: json });
type Resolved = Shaped<typeof resolvedShape>;

/** A cached reading, as stored on disk. */
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
  options: CachedReaderOptions,
): Promise<KedroReader> {
  const isEmbedded = options.snapshot === undefined && options.python === undefined;
  if (!isEmbedded || options.cache === false) return await openReader(ctx, project, options);
  const store = await openStore(ctx, project.root, options.onCache);
  const printed: string[] = [];
  const onPrint = (line: string) => {
    printed.push(line);
    options.onPrint?.(line);
  };
  const input = await prepareEmbedded(ctx, project, { ...options, onPrint });
  if (store === undefined) return await openEmbedded(ctx, input);
  const key = keyOf(input, { version: VERSION, image: await ctx.resources.imageId() });
  const entry = await validEntry(ctx, store, { key, input });
  const open = () => openRecorded(ctx, { store, key, input, printed, entry, onCache: options.onCache });
  if (entry === undefined) return await open();
  options.onCache?.("Using the cached project; no relevant file changed");
  return replayingReader(entry, { input, open, onPrint: options.onPrint });
}

async function validEntry(
  ctx: ReaderContext,
  store: Store,
  { key, input }: { readonly key: string; readonly input: EmbeddedInput },
): Promise<Entry | undefined> {
  try {
    const entry = entryShape(parseJson(await store.read(key) ?? ""), "entry");
    if (entry.key !== key || entry.variablesKey !== variablesKey(input, entry.variables)) return undefined;
    if (entry.filesKey !== filesKey(await input.files, entry.files)) return undefined;
    for (const { what, path, names, key: known } of entry.fetched) {
      const bytes = await answerAsk(ctx, input.project, { what, path }).catch(() => undefined);
      if (fetchedKey(bytes, names) !== known) return undefined;
    }
    return entry;
  } catch {
    return undefined;
  }
}

/** Answers from a cached entry; starts an interpreter only for resolver calls that the entry does not contain. */
function replayingReader(
  entry: Entry,
  { input, open, onPrint }: {
    readonly input: EmbeddedInput;
    readonly open: () => Promise<EmbeddedReader>;
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
    readonly onCache: CachedReaderOptions["onCache"];
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
      filesKey: filesKey(await input.files, files),
      fetched: [
        ...earlier?.fetched ?? [],
        ...[...fetched.values()].map(({ what, path, bytes }) => {
          const names = what === "list" ? namesUsed(looked, path) : null;
          return { what, path, names, key: fetchedKey(bytes, names) };
        }),
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
