import { loadPyodide, type PyodideAPI } from "pyodide";
// @ts-types="./pyodide_asm.d.ts"
import createModule from "pyodide/pyodide.asm.mjs";
import type { Image, PartFile } from "./packed_image.ts";
import { withRefusals } from "./remove_globals.ts";
import { countFileSystem, countUses, watchFiles } from "./uses.ts";

/** A reserved host; requests to it are answered from memory. */
const IMAGE_URL = "https://image.invalid/";
/** Path inside the interpreter of the zip with all wheels; the snapshot refers to this path. */
export const SITE_PATH = "/site.zip";

/** Index of the 32-bit number in a snapshot's header that holds the offset of the memory. */
const MEMORY_AT = 1;

function headOf(snapshot: PartFile): Uint8Array {
  const start = new Uint32Array(2);
  snapshot.read(0, new Uint8Array(start.buffer));
  const head = new Uint8Array(start[MEMORY_AT]!);
  snapshot.read(0, head);
  return head;
}

/** Lets Pyodide read only the head of a snapshot, and reads the memory from the file straight into place. */
async function createFromSnapshot(settings: object, snapshot: PartFile) {
  const module = await createModule(Object.assign(settings, { INITIAL_MEMORY: snapshot.sizeBytes }));
  // Grow the memory first: the snapshot may be larger than the initial memory.
  module.growMemory(snapshot.sizeBytes);
  const { restoreSnapshot } = module.API;
  module.API.restoreSnapshot = (head) => {
    const restored = restoreSnapshot(head);
    snapshot.read(head.length, module.HEAPU8.subarray(0, snapshot.sizeBytes - head.length));
    return restored;
  };
  return module;
}

/** Starts Python, from the image's snapshot if there is one; `print` is called with what the project prints. */
export async function startInterpreter(image: Image, print: (text: string) => void): Promise<PyodideAPI> {
  answerFromMemory(image);
  const { snapshot } = image;
  // Building the snapshot needs these imports: ctypes creates a callback when it is imported.
  const restrict = (imports: WebAssembly.Imports) =>
    snapshot === undefined ? imports : countUses(withRefusals(imports));
  if (snapshot !== undefined) countFileSystem();
  useCode(image.code, restrict);
  const decoders = [new TextDecoder(), new TextDecoder()];
  const options: {
    _makeSnapshot?: boolean;
    _loadSnapshot?: Uint8Array;
    createPyodideModule?: (settings: object) => Promise<unknown>;
  } = snapshot === undefined ? { _makeSnapshot: true } : {
    _loadSnapshot: headOf(snapshot),
    createPyodideModule: async (settings) => await createFromSnapshot(settings, snapshot),
  };
  const python = await loadPyodide(
    {
      indexURL: IMAGE_URL,
      lockFileContents: image.lock,
      jsglobals: {},
      stdin: () => null,
      env: {
        HOME: "/home/user",
        PYTHONDONTWRITEBYTECODE: "1",
        PYTHONHASHSEED: "0",
        KEDRO_DISABLE_TELEMETRY: "1",
        ...(snapshot === undefined ? { PYTHONNODEBUGRANGES: "1" } : {}),
      },
      ...(snapshot === undefined ? { createPyodideModule: createModule } : {}),
      ...options,
    } as Parameters<typeof loadPyodide>[0],
  );
  const files = python.FS as unknown as PrivateFileSystem;
  placeZip(files, SITE_PATH, image.site);
  placeZip(files, stdlibPath(python), image.stdlib);
  limitFiles(files);
  watchFiles(python.FS as unknown as Parameters<typeof watchFiles>[0]);
  for (const [index, set] of [python.setStdout, python.setStderr].entries()) {
    set({
      write: (bytes: Uint8Array) => {
        print(decoders[index]!.decode(bytes, { stream: true }));
        return bytes.length;
      },
    });
  }
  return python;
}

/** Maximum number of bytes that a project's code may write; all files are in memory. */
const MOST_WRITTEN_BYTES = 512 * 1024 * 1024;
const NO_SPACE = 51;

/** Members of Emscripten's in-memory file system that its types do not declare. */
interface PrivateFileSystem {
  writeFile(path: string, bytes: Uint8Array): void;
  lookupPath(path: string): { readonly node: { usedBytes: number; stream_ops: StreamOperations } };
  readonly ErrnoError: new (errno: number) => Error;
  readonly filesystems: {
    readonly MEMFS: {
      readonly ops_table: { readonly file: { readonly stream: { write(...args: unknown[]): number } } };
      resizeFileStorage(node: unknown, sizeBytes: number): void;
    };
  };
}

interface StreamOperations {
  readonly llseek: unknown;
  /** Reads into the buffer from byte `offset` on; returns the number of bytes. */
  read(stream: unknown, buffer: Int8Array, offset: number, length: number, position: number): number;
}

function limitFiles({ ErrnoError, filesystems: { MEMFS } }: PrivateFileSystem): void {
  const { stream } = MEMFS.ops_table.file;
  const { write } = stream;
  const { resizeFileStorage } = MEMFS;
  let writtenBytes = 0;
  stream.write = (...args) => {
    writtenBytes += Number(args[3]);
    if (writtenBytes > MOST_WRITTEN_BYTES) throw new ErrnoError(NO_SPACE);
    return write(...args);
  };
  MEMFS.resizeFileStorage = (node, sizeBytes) => {
    if (sizeBytes > MOST_WRITTEN_BYTES) throw new ErrnoError(NO_SPACE);
    resizeFileStorage.call(MEMFS, node, sizeBytes);
  };
}

function answerFromMemory(image: Image): void {
  globalThis.fetch = (input) => {
    const name = String(input instanceof Request ? input.url : input).slice(IMAGE_URL.length);
    // Its code is compiled already, see `useCode`.
    if (name === "pyodide.asm.wasm") return Promise.resolve(new Response());
    if (name === "python_stdlib.zip") return Promise.resolve(responseOf(stdlibAtStart(image)));
    return Promise.reject(new TypeError("There is no network here"));
  };
}

/** Empty if Python starts from a snapshot, which has imported what it needs to start; see {@linkcode placeZip}. */
function stdlibAtStart({ snapshot, stdlib }: Image): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(snapshot === undefined ? stdlib.sizeBytes : 0);
  if (snapshot === undefined) stdlib.read(0, bytes);
  return bytes;
}

/** Where Pyodide has put the zip of the standard library: its name contains the version. */
function stdlibPath({ FS }: PyodideAPI): string {
  return `/lib/${FS.readdir("/lib").find((name: string) => name.endsWith(".zip"))}`;
}

/** Places a zip that is read where Python imports something from it: most of it is never needed. */
function placeZip(fs: PrivateFileSystem, path: string, zip: PartFile): void {
  fs.writeFile(path, new Uint8Array());
  const { node } = fs.lookupPath(path);
  node.usedBytes = zip.sizeBytes;
  const { llseek } = node.stream_ops;
  node.stream_ops = {
    llseek,
    read(_, buffer, offset, length, position) {
      const size = Math.max(0, Math.min(length, zip.sizeBytes - position));
      zip.read(position, new Uint8Array(buffer.buffer, buffer.byteOffset + offset, size));
      return size;
    },
  };
}

/** What Pyodide uses of a response. A real one would copy the bytes. */
function responseOf(bytes: Uint8Array<ArrayBuffer>): Response {
  return { ok: true, arrayBuffer: () => Promise.resolve(bytes.buffer) } as Response;
}

/** Makes Pyodide use this code of the interpreter; only that is streamed, other modules are small. */
function useCode(code: Image["code"], restrict: (imports: WebAssembly.Imports) => WebAssembly.Imports): void {
  Object.assign(WebAssembly, {
    async instantiateStreaming(_: unknown, imports: WebAssembly.Imports) {
      const module = await code;
      return { module, instance: await WebAssembly.instantiate(module, restrict(imports)) };
    },
  });
}
