import { Buffer } from "node:buffer";
import { join } from "node:path";
import { UserError } from "../../core/errors.ts";
import { PRIVATE_FILE, requireSmall } from "../../core/files.ts";
import type { Disk } from "./disk.ts";
import { type Blob, BLOBS } from "./records.ts";

export const JOURNAL = "journal.jsonl";

/** The file is rewritten without overwritten values when more lines were added than it had, plus this number. */
const MOST_LINES = 20_000;
const MOST_BYTES = 256 * 1024 * 1024;

/** One change: the map, the key, and the value; without a value, the key was deleted. */
type Change = readonly [map: string, key: string, value?: unknown];

/**
 * Opens the state in a folder, or creates it. Changes are appended to its journal, one per line; a line that a
 * killed process left incomplete is dropped. The file is only appended to, or replaced as a whole.
 *
 * @param origin URL at which the emulator is now served; URLs in the state with an earlier one are updated to it.
 * @param options.isOnlyRead Whether to leave the folder as it is, and keep changes in memory only (default: false).
 */
export async function openJournal(
  { fs, folder }: Disk,
  origin: string,
  { isOnlyRead = false }: { readonly isOnlyRead?: boolean } = {},
) {
  const path = join(folder, JOURNAL);
  const names = new Map<string, Map<string, unknown>>();
  let pending: string[] = [];
  let [lines, mostLines] = [0, MOST_LINES];
  let written: Promise<void> = Promise.resolve();

  const record = (...change: Change) => void pending.push(`${encode(change)}\n`);
  const mapOf = (name: string): Map<string, unknown> => {
    const map = names.get(name) ?? new RecordedMap((key, ...value) => record(name, key, ...value));
    names.set(name, map);
    return map;
  };
  for (const [name, key, ...value] of await readChanges({ fs, folder }, path, origin)) {
    if (value.length === 0) mapOf(name).delete(key);
    else mapOf(name).set(key, value[0]);
  }
  mapOf("facts").set("origin", origin).set("folder", folder);
  if (!isOnlyRead) {
    await rewrite();
    await removeUnused({ fs, folder }, names);
  }

  return {
    maps: { of: <V>(name: string) => mapOf(name) as Map<string, V> },
    flush: () => written = written.then(write),
  };

  async function write(): Promise<void> {
    if (pending.length === 0) return;
    if (lines > mostLines) return await rewrite();
    const text = pending.join("");
    lines += pending.length;
    pending = [];
    await fs.append(path, text);
  }

  /** Writes the current state to a new file, which then replaces the old one. */
  async function rewrite(): Promise<void> {
    pending = [];
    const all = [...names].flatMap(([name, map]) =>
      [...map].map(([key, value]) => `${encode([name, key, value])}\n`)
    );
    lines = all.length;
    mostLines = 2 * lines + MOST_LINES;
    await fs.writeText(path, all.join(""), PRIVATE_FILE);
  }
}

async function readChanges({ fs, folder }: Disk, path: string, origin: string): Promise<Change[]> {
  if (await fs.stat(path) === undefined) return [];
  await requireSmall({ fs }, path, path, MOST_BYTES);
  const text = await fs.readText(path);
  const whole = text.slice(0, text.lastIndexOf("\n") + 1).split("\n").filter((line) => line !== "");
  const changes = whole.map((line) => readChange(path, line));
  const fact = (name: string) => changes.findLast(([map, key]) => map === "facts" && key === name)?.[2];
  const moves = ([["origin", origin], ["folder", folder]] as const).flatMap(([name, to]) => {
    const from = fact(name);
    return typeof from !== "string" || from === to ? [] : [{ from: inJson(from), to: inJson(to) }];
  });
  if (moves.length === 0) return changes;
  return whole.map((line) => moves.reduce((text, { from, to }) => text.replaceAll(from, to), line))
    .map((line) => decode(line) as Change);
}

function readChange(path: string, line: string): Change {
  try {
    const change = decode(line);
    if (Array.isArray(change)) return change as unknown as Change;
  } catch { /* It is not JSON. */ }
  throw damaged(path);
}

function damaged(path: string, cause?: unknown): UserError {
  return new UserError(`"${path}" is damaged: it is no state of an emulator of this version`, {
    code: "emulator.state",
    hint: "Use a folder that an emulator or a rehearsal wrote",
    cause,
  });
}

/** Uses the state from a folder, whose lines may lack anything. @throws {UserError} `emulator.state`. */
export async function usingState<T>(folder: string, use: () => T | Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (thrown) {
    throw thrown instanceof TypeError ? damaged(join(folder, JOURNAL), thrown) : thrown;
  }
}

/**
 * Removes files of blobs that were replaced or never finished. Where others can write, they could swap a folder with a
 * link to another while this removes.
 */
async function removeUnused(
  { fs, folder }: Disk,
  names: ReadonlyMap<string, Map<string, unknown>>,
): Promise<void> {
  const root = join(folder, "blobs");
  const folders = await Promise.all([fs.stat(root), fs.stat(folder)]);
  if (folders.some((stat) => stat === undefined || stat.writableByOthers)) return;
  const contents = [...names].filter(([name]) => name.startsWith(BLOBS))
    .flatMap(([, map]) => [...map.values()] as Blob[])
    .flatMap((blob) => [blob, ...blob.staged.values()]);
  const used = new Set(
    contents.flatMap(({ pieces = [] }) => pieces.flatMap((piece) => "file" in piece ? [piece.file] : [])),
  );
  for await (const { path, kind } of fs.walk(root, () => true)) {
    if (kind === "file" && !used.has(path)) await fs.remove(path);
  }
}

/** Text as it appears inside a JSON string. */
function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

class RecordedMap<V> extends Map<string, V> {
  readonly #record: (key: string, ...value: V[]) => void;

  constructor(record: (key: string, ...value: V[]) => void) {
    super();
    this.#record = record;
  }

  override set(key: string, value: V): this {
    this.#record(key, value);
    return super.set(key, value);
  }

  override delete(key: string): boolean {
    if (this.has(key)) this.#record(key);
    return super.delete(key);
  }
}

/**
 * Serializes a value as JSON. Maps, dates, bytes, and objects with keys that start with `$` are encoded as objects with
 * a single key that starts with `$`.
 */
function encode(value: unknown): string {
  return JSON.stringify(marked(value));
}

function marked(value: unknown): unknown {
  if (value instanceof Map) return { $map: [...value].map(([key, child]) => [key, marked(child)]) };
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, child]) => [key, marked(child)] as const);
  return entries.some(([key]) => key.startsWith("$")) ? { $object: entries } : Object.fromEntries(entries);
}

/** Deserializes a result of {@linkcode encode}. @throws {SyntaxError} if it is not JSON. */
function decode(text: string): unknown {
  return JSON.parse(text, (_, value) => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value.$object)) return Object.fromEntries(value.$object);
    if (Array.isArray(value.$map)) return new Map(value.$map);
    if (typeof value.$date === "string") return new Date(value.$date);
    if (typeof value.$bytes === "string") return new Uint8Array(Buffer.from(value.$bytes, "base64"));
    return value;
  });
}
