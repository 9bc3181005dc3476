import { dropPermissions, end, image, readInput, writeOutput } from "./outside.ts";
import { takeGlobals } from "./isolate.ts";
import { startInterpreter } from "./interpreter.ts";
import { restrictProcess } from "./restrict_process.ts";
import { outsideUses, resetUses } from "./outside_uses.ts";
import { placeLater } from "./later_files.ts";
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

/** Maximum number of characters of printed text in one message. */
const MOST_PRINTED_CHARACTERS = 8192;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The interpreter once it runs. */
type Interpreter = Awaited<ReturnType<typeof startInterpreter>>;

/** Sends one message with a text body. */
function send(kind: FromReader["kind"], text: string): void {
  for (const bytes of encodeFrame({ kind }, encoder.encode(text))) writeOutput(bytes);
}

/** The message of a thrown value; Emscripten throws objects that are not errors. */
function reasonOf(thrown: unknown): string {
  const { message, name, errno } = Object(thrown) as { message?: string; name?: string; errno?: number };
  return message || (errno === undefined ? String(thrown) : `${name} ${errno}`);
}

function receive(): Frame<ToReader> {
  const [headerBytes, bodyBytes] = decodeLengths(read(LENGTHS_BYTES));
  return { header: JSON.parse(decoder.decode(read(headerBytes))), body: read(bodyBytes) };
}

/** Reads exactly `length` bytes; ends this process if the program is gone. */
function read(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  return readInput(bytes) ? bytes : end();
}

try {
  const python = await startInterpreter(image, print);
  python.runPython(FORGET_JAVASCRIPT);
  for (const name of ["pyodide_js", "js"]) python.unregisterJsModule(name);
  takeGlobals();
  // No project code has been received yet; from here on the process can reach only these two pipes.
  restrictProcess();
  dropPermissions();
  send("started", "");
  resetUses();
  // Never await from here on: promises of the project's code, such as dynamic imports, must not resolve.
  for (;;) handle(python, receive());
} catch (thrown) {
  send("ended", reasonOf(thrown));
  end();
}

function handle(python: Interpreter, { header, body }: Frame<ToReader>): void {
  if (header.kind === "files") {
    for (const folder of header.folders) python.FS.mkdirTree(folder);
    let at = 0;
    for (const { path, sizeBytes } of header.files) {
      python.FS.writeFile(path, body.slice(at, at += sizeBytes), { canOwn: true });
    }
    return placeLater(python.FS as unknown as Parameters<typeof placeLater>[0], header.later, ask);
  }
  const reader = python.pyimport("kedro_azureml_reader.reader");
  send("answer", String(reader.call(decoder.decode(body), JSON.stringify(outsideUses()))));
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
