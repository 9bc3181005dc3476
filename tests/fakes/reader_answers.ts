import { createHash } from "node:crypto";
import type { FromReader, LaterEntries, ProjectFile } from "../../src/kedro/sandbox/protocol.ts";

/** All that the reader is handed before it answers, apart from its image. */
export interface Question {
  readonly files: readonly ProjectFile[];
  readonly folders: readonly string[];
  readonly later: LaterEntries;
  /** Every request so far, the one to answer last. */
  readonly requests: readonly string[];
}

/** What the reader says to a question: what the project prints, and the answer. */
export type Said = readonly (FromReader & { readonly text: string })[];

/** Where answers to one question are kept. */
export interface Kept {
  /** `undefined` where there is none that can be read. */
  read(): Said | undefined;
  write(said: Said): void;
}

const CACHE = new URL("../../.cache/", import.meta.url);

/**
 * Finds the place of a question below `.cache/`, by the content of everything that it consists of.
 *
 * The image's stamp is the hash of what the image is made of: Deno, Pyodide, the wheels, and the reader's own files.
 * Without an image nothing is kept. Nothing is left under way here, which a test would be blamed for.
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

/** The order of files counts: it is the order in which the project's code lists them. */
function keyOf(stamp: string, { files, folders, later, requests }: Question): string {
  const hash = createHash("sha256");
  const timeZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const sizes = files.map(({ path, bytes }) => [path, bytes.length]);
  hash.update(JSON.stringify([stamp, timeZone, sizes, folders, later, requests]));
  for (const { bytes } of files) hash.update(bytes);
  return hash.digest("hex");
}
