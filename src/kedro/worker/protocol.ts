import type { Image } from "./interpreter.ts";

/** One file of the project, by absolute path inside the interpreter. */
export interface ProjectFile {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What the main thread tells the Worker. */
export type ToReader =
  | { readonly kind: "start"; readonly image: Image }
  | { readonly kind: "files"; readonly files: readonly ProjectFile[]; readonly folders: readonly string[] }
  /** `request` is what the reader's `call()` takes. */
  | { readonly kind: "call"; readonly id: number; readonly request: string };

/** What the Worker tells the main thread, which believes nothing of it without looking. */
export type FromReader =
  | { readonly kind: "loaded" }
  | { readonly kind: "print"; readonly text: string }
  | { readonly kind: "answer"; readonly id: number; readonly answer: string }
  /** The interpreter itself has ended. */
  | { readonly kind: "ended"; readonly reason: string };
