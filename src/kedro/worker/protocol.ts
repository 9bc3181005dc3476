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

/** What the program tells the reader's process. */
export type ToReader =
  /** The body holds the files' bytes, one after the other. */
  | {
    readonly kind: "files";
    readonly files: readonly { readonly path: string; readonly sizeBytes: number }[];
    readonly folders: readonly string[];
    readonly later: LaterEntries;
  }
  /** What was asked for is the body; without `found` it is refused. */
  | { readonly kind: "answer"; readonly found: boolean }
  /** The body is what the reader's `call()` takes. */
  | { readonly kind: "call" };

/**
 * What the reader's process tells the program, which takes it for a stranger's: the project's code can send anything.
 *
 * The bodies are texts: what is printed, the answer to a call, an {@linkcode Ask} as JSON, why the interpreter ended.
 */
export type FromReader = { readonly kind: "started" | "print" | "answer" | "ask" | "ended" };

/** One message: two 32-bit numbers (bytes of the header and of the body), the header as JSON, the body. */
export interface Frame<Header> {
  readonly header: Header;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Bytes before a frame's header. */
export const LENGTHS_BYTES = 8;

/** Writes a frame; its body may come in pieces. */
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

/** Reads the lengths of a frame's header and body. */
export function decodeLengths(bytes: Uint8Array<ArrayBuffer>): readonly [header: number, body: number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return [view.getUint32(0, true), view.getUint32(4, true)];
}
