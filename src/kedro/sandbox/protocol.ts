/** A file of the project; `path` is absolute, inside the interpreter. */
export interface ProjectFile {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Files and folders fetched only on access; paths are absolute, inside the interpreter. */
export interface LaterEntries {
  readonly files: readonly { readonly path: string; readonly sizeBytes: number }[];
  readonly folders: readonly string[];
}

/** A request for a path: its bytes, or the folder's entries as the JSON of {@linkcode LaterEntries}. */
export interface Ask {
  readonly what: "read" | "list";
  readonly path: string;
}

export type ToReader =
  /** The body is the files' bytes, concatenated. */
  | {
    readonly kind: "files";
    readonly files: readonly { readonly path: string; readonly sizeBytes: number }[];
    readonly folders: readonly string[];
    readonly later: LaterEntries;
  }
  /** The body is the requested content; without `found`, the request is refused. */
  | { readonly kind: "answer"; readonly found: boolean }
  /** The body is the argument of the reader's `call()`. */
  | { readonly kind: "call" };

/**
 * Messages from the reader's process to the program, which does not trust them: the project's code can send anything.
 *
 * The bodies are text: after the start, nothing or {@linkcode UNFILTERED}; printed output, the answer to a call, an {@linkcode Ask} as JSON, or why the interpreter ended.
 */
export type FromReader = { readonly kind: "started" | "print" | "answer" | "ask" | "ended" };

/** The body of `started` on Linux if the kernel's system call filter could not be installed. */
export const UNFILTERED = "unfiltered";

/** One message: two 32-bit lengths (of header and body, in bytes), the header as JSON, and the body. */
export interface Frame<Header> {
  readonly header: Header;
  readonly body: Uint8Array<ArrayBuffer>;
}

export const LENGTHS_BYTES = 8;

/** Encodes a frame; its body may be in several parts. */
export function* encodeFrame(
  header: ToReader | FromReader,
  ...body: readonly Uint8Array<ArrayBuffer>[]
): Iterable<Uint8Array<ArrayBuffer>> {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = new Uint8Array(LENGTHS_BYTES + text.length);
  const view = new DataView(start.buffer);
  view.setUint32(0, text.length, true);
  view.setUint32(4, body.reduce((sum, { length }) => sum + length, 0), true);
  start.set(text, LENGTHS_BYTES);
  yield start;
  yield* body;
}

export function decodeLengths(bytes: Uint8Array<ArrayBuffer>): readonly [header: number, body: number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return [view.getUint32(0, true), view.getUint32(4, true)];
}

/** Size limit in bytes of a file that is fetched while the project's code runs. */
export const MOST_ANSWER_BYTES = 16 * 1024 * 1024;
