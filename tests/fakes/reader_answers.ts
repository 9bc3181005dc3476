import { createHash } from "node:crypto";
import type { FromReader, LaterEntries, ProjectFile } from "../../src/kedro/sandbox/protocol.ts";

/** Everything the reader receives before it answers, except its image. */
export interface Question {
  readonly files: readonly ProjectFile[];
  readonly folders: readonly string[];
  readonly later: LaterEntries;
  /** Every request so far; the last is to be answered. */
  readonly requests: readonly string[];
}

/** The reader's messages: what the project prints, and the answer. */
export type Said = readonly (FromReader & { readonly text: string })[];

/** Storage of the answers to one question. */
export interface Kept {
  /** `undefined` if there is no readable answer. */
  read(): Said | undefined;
  write(said: Said): void;
}

const CACHE = new URL("../../.cache/", import.meta.url);

/**
 * Returns the storage for a question below `.cache/`, by a hash of its content.
 *
 * The image's stamp is the hash of its sources: Deno, Pyodide, the wheels, and the reader's files. Without an
 * image nothing is stored. Calls are synchronous, so that no test leaks an operation.
 */
export function keptFor(question: Question, folder = new URL("reader_answers/", CACHE)): Kept {
  const stamp = textOf(new URL("kedro/stamp", CACHE));
  if (stamp === undefined) return { read: () => undefined, write() {} };
  const file = new URL(keyOf(stamp, question), folder);
  return {
    read() {
      try {
        return JSON.parse(textOf(file) ?? "") as Said;
      } catch {
        return undefined;
      }
    },
    write(said) {
      Deno.mkdirSync(folder, { recursive: true });
      const beside = new URL(`.new-${crypto.randomUUID()}`, folder);
      Deno.writeTextFileSync(beside, JSON.stringify(said));
      Deno.renameSync(beside, file);
    },
  };
}

function textOf(file: URL): string | undefined {
  try {
    return Deno.readTextFileSync(file);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown;
  }
}

/** Depends on the order of files, in which project code lists them. */
function keyOf(stamp: string, { files, folders, later, requests }: Question): string {
  const hash = createHash("sha256");
  const timeZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const sizes = files.map(({ path, bytes }) => [path, bytes.length]);
  hash.update(JSON.stringify([stamp, timeZone, sizes, folders, later, requests]));
  for (const { bytes } of files) hash.update(bytes);
  return hash.digest("hex");
}
