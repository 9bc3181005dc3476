import { end, readInput, writeOutput } from "./saved_deno.ts";
// Before Pyodide, which the interpreter imports.
import "./remove_globals.ts";
import type { Image } from "./packed_image.ts";
import { startInterpreter } from "./interpreter.ts";
import { placeLater } from "./later_files.ts";
import { machineUses, startNoting, usedFiles } from "./uses.ts";
import {
  type Ask,
  decodeLengths,
  encodeFrame,
  type Frame,
  type FromReader,
  LENGTHS_BYTES,
  type ToReader,
} from "./protocol.ts";

/**
 * Removes Python's access to JavaScript: the modules, and the proxies that other modules hold. Pyodide's
 * `isinstance(value, JsProxy)` asks for `_js_type_flags` too, with a function of Python for each of 27,000 values.
 */
const FORGET_JAVASCRIPT = `
import sys
def forget():
    plain, proxies = set(), set()
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("pyodide_js", "js"):
            del sys.modules[name]
        values = vars(module) if hasattr(module, "__dict__") else {}
        kinds = set(map(type, values.values()))
        for kind in kinds - plain:
            (proxies if hasattr(kind, "_js_type_flags") else plain).add(kind)
        if not proxies.isdisjoint(kinds):
            for key in [key for key, value in values.items() if type(value) in proxies]:
                delattr(module, key)
forget()
del sys, forget
`;

const MOST_PRINTED_CHARACTERS = 8192;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Python with no access to JavaScript, and its function that answers the program's calls. */
export interface Reader {
  readonly python: Awaited<ReturnType<typeof startInterpreter>>;
  /** Takes a request and the uses of the machine so far, as JSON. */
  readonly call: (request: string, uses: string) => unknown;
}

/** Starts Python; what the project prints is sent to the program. */
export async function startReader(image: Image): Promise<Reader> {
  const python = await startInterpreter(image, print);
  python.runPython(FORGET_JAVASCRIPT);
  for (const name of ["pyodide_js", "js"]) python.unregisterJsModule(name);
  return { python, call: python.pyimport("kedro_azureml_reader.reader").call };
}

export function handle({ python, call }: Reader, { header, body }: Frame<ToReader>): void {
  if (header.kind === "files") {
    for (const folder of header.folders) python.FS.mkdirTree(folder);
    let at = 0;
    for (const { path, sizeBytes } of header.files) {
      python.FS.writeFile(path, body.slice(at, at += sizeBytes), { canOwn: true });
    }
    placeLater(python.FS as unknown as Parameters<typeof placeLater>[0], header.later, ask);
    return startNoting(header.folders[0]!);
  }
  const request = decoder.decode(body);
  const files = JSON.parse(request).action === "uses" ? usedFiles() : null;
  send("answer", String(call(request, JSON.stringify({ ...machineUses(), files }))));
}

export function send(kind: FromReader["kind"], text: string): void {
  for (const bytes of encodeFrame({ kind }, encoder.encode(text))) writeOutput(bytes);
}

export function receive(): Frame<ToReader> {
  const [headerBytes, bodyBytes] = decodeLengths(read(LENGTHS_BYTES));
  return { header: JSON.parse(decoder.decode(read(headerBytes))), body: read(bodyBytes) };
}

/** The message of a thrown value; Emscripten throws objects that are not errors. */
export function endingOf(thrown: unknown): string {
  const { message, name, errno } = Object(thrown) as { message?: string; name?: string; errno?: number };
  return message || (errno === undefined ? String(thrown) : `${name} ${errno}`);
}

/** Reads exactly `length` bytes; ends this process if the program is gone. */
function read(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  return readInput(bytes) ? bytes : end();
}

/** Sends the program a request and waits for its answer; `undefined` if it is refused. */
function ask(question: Ask): Uint8Array | undefined {
  send("ask", JSON.stringify(question));
  const { header, body } = receive();
  return header.kind === "answer" && header.found ? body : undefined;
}

function print(text: string): void {
  for (let at = 0; at < text.length; at += MOST_PRINTED_CHARACTERS) {
    send("print", text.slice(at, at + MOST_PRINTED_CHARACTERS));
  }
}
