import type { Image } from "./image.ts";

/** One file of the project, by absolute path inside the interpreter. */
export interface ProjectFile {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What is fetched only when the project's code looks, by absolute path inside the interpreter. */
export interface LaterEntries {
  readonly files: readonly { readonly path: string; readonly sizeBytes: number }[];
  readonly folders: readonly string[];
}

/** A question about such a path: its bytes, or what lies in it as the JSON of {@linkcode LaterEntries}. */
export interface Ask {
  readonly what: "read" | "list";
  readonly path: string;
}

/** What the main thread tells the Worker. */
export type ToReader =
  | { readonly kind: "start"; readonly image: Image }
  | {
    readonly kind: "files";
    readonly files: readonly ProjectFile[];
    readonly folders: readonly string[];
    readonly later: LaterEntries;
    /** Two 32-bit numbers (whether there is an answer, and its size or -1), then the answer to an `ask`. */
    readonly answers: SharedArrayBuffer;
  }
  /** `request` is what the reader's `call()` takes. */
  | { readonly kind: "call"; readonly id: number; readonly request: string };

/** What the Worker tells the main thread, which believes nothing of it without looking. */
export type FromReader =
  | { readonly kind: "loaded" }
  /** The interpreter runs. */
  | { readonly kind: "started" }
  | { readonly kind: "print"; readonly text: string }
  | { readonly kind: "answer"; readonly id: number; readonly answer: string }
  | { readonly kind: "ask"; readonly ask: Ask }
  /** The interpreter itself has ended. */
  | { readonly kind: "ended"; readonly reason: string };
