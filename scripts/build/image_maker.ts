import "./fixed_time.ts";
import "../../src/kedro/sandbox/remove_globals.ts";
import makeImage from "./make_image.py" with { type: "text" };
import type { Image, PartFile } from "../../src/kedro/sandbox/packed_image.ts";
import { SITE_PATH, startInterpreter } from "../../src/kedro/sandbox/interpreter.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** The build's message to this Worker. `wheels` maps folders of the zip to wheels by file name. */
export interface ToImageMaker {
  readonly image: { readonly lock: string; readonly wasm: Bytes; readonly stdlib: Bytes };
  readonly wheels: Readonly<Record<string, Readonly<Record<string, Bytes>>>>;
  /** The reader's Python source texts, by file name. */
  readonly sources: Readonly<Record<string, string>>;
}

/** This Worker's answer. */
export type FromImageMaker =
  | { readonly kind: "made"; readonly snapshot: Uint8Array; readonly site: Uint8Array }
  | { readonly kind: "failed"; readonly reason: string };

/** The Worker's side of its message channel, which TypeScript's DOM types do not declare. */
interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
}

/** The global scope of this Worker. */
const scope = globalThis as unknown as WorkerScope;

scope.onmessage = async ({ data }: MessageEvent<ToImageMaker>) => {
  const printed: string[] = [];
  try {
    const packing = await interpreter(data.image, new Uint8Array(), printed);
    const wheels = Object.entries(data.wheels).map(([folder, files]) => [folder, write(packing, files)]);
    call(packing, "pack", Object.fromEntries(wheels), data.sources, "/tmp/packed.zip");
    const site = packing.FS.readFile("/tmp/packed.zip") as Bytes;
    const warming = await interpreter(data.image, site, printed);
    call(warming, "warm");
    const snapshot = warming.makeMemorySnapshot();
    post({ kind: "made", snapshot, site });
  } catch (thrown) {
    post({ kind: "failed", reason: [String(thrown), ...printed].join("\n") });
  }
};

type Interpreter = Awaited<ReturnType<typeof startInterpreter>> & { makeMemorySnapshot(): Uint8Array };

function post(message: FromImageMaker): void {
  scope.postMessage(message);
}

/** Writes files into the interpreter and returns their paths. */
function write(python: Interpreter, files: Readonly<Record<string, Uint8Array>>): string[] {
  return Object.keys(files).sort().map((name) => {
    python.FS.writeFile(`/tmp/${name}`, files[name]!);
    return `/tmp/${name}`;
  });
}

async function interpreter(
  { wasm, stdlib, lock }: ToImageMaker["image"],
  site: Bytes,
  printed: string[],
) {
  const code = WebAssembly.compile(wasm);
  const image: Image = { lock, code, stdlib: inMemory(stdlib), site: inMemory(site) };
  return await startInterpreter(image, (text) => printed.push(text)) as Interpreter;
}

function inMemory(bytes: Bytes): PartFile {
  const read = (from: number, into: Uint8Array) => into.set(bytes.subarray(from, from + into.length));
  return { sizeBytes: bytes.length, read };
}

/** Runs one function of make_image.py; arguments are JSON, so that the snapshot has no JavaScript objects. */
function call(python: Interpreter, name: string, ...args: readonly unknown[]): void {
  python.FS.writeFile("/tmp/make_image.py", makeImage);
  python.FS.writeFile("/tmp/args.json", JSON.stringify(args));
  python.runPython(`
import json, sys
if "${SITE_PATH}" not in sys.path: sys.path.insert(0, "${SITE_PATH}")
scope = {"__name__": "make_image"}
exec(compile(open("/tmp/make_image.py").read(), "make_image.py", "exec"), scope)
scope["${name}"](*json.load(open("/tmp/args.json")))
del scope
`);
}
