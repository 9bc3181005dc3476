/**
 * Imported before Pyodide: takes away what could reach outside.
 *
 * The process has no permission anyway; this makes Pyodide take its browser path, which asks only `fetch`, and leaves
 * nothing for the project's code to find. It has to happen at import, because Pyodide looks around when it is imported.
 */

/** A project that needs more than this to be read is not being read. */
const MOST_MEMORY_BYTES = 1024 * 1024 * 1024;

const outside = globalThis as unknown as Record<string, unknown>;
for (const name of ["Deno", "process", "Buffer", "global", "WebSocket", "EventSource", "caches", "Worker"]) {
  delete outside[name];
}

/** What makes Pyodide believe that this is a Worker of a browser, whatever it is. */
class WorkerGlobalScope {
  static [Symbol.hasInstance](): boolean {
    return true;
  }
}
const address = {
  href: "https://image.invalid/worker.js",
  toString: () => "https://image.invalid/worker.js",
};
for (const [name, value] of Object.entries({ WorkerGlobalScope, location: address, self: globalThis })) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

const grow = WebAssembly.Memory.prototype.grow;
WebAssembly.Memory.prototype.grow = function (pages: number): number {
  if (this.buffer.byteLength + pages * 65536 > MOST_MEMORY_BYTES) throw new RangeError("Out of memory");
  return grow.call(this, pages);
};

// What the interpreter says of itself when it ends is told as an error, in words of ours.
for (const name of Object.keys(console) as (keyof Console)[]) Object.assign(console, { [name]: () => {} });

/**
 * What the interpreter asks of the JavaScript around it that no project needs: code from libraries and at addresses, and
 * programs. Python gets an error, or the interpreter ends.
 */
const REFUSED: Readonly<Record<string, "throws" | "finds nothing">> = {
  _dlopen_js: "finds nothing",
  _dlsym_js: "finds nothing",
  _emscripten_dlopen_js: "throws",
  _emscripten_lookup_name: "throws",
  _emscripten_system: "throws",
  emscripten_set_up_async_input_device_js: "throws",
  ffi_call_js: "throws",
  ffi_closure_alloc_js: "throws",
  ffi_prep_closure_loc_js: "throws",
  raw_call_js: "throws",
};

/** As `WebAssembly.instantiate`, for an interpreter that is refused what only an attack asks for. */
export function withRefusals(imports: WebAssembly.Imports): WebAssembly.Imports {
  const env = { ...imports.env };
  for (const [name, how] of Object.entries(REFUSED)) {
    if (typeof env[name] !== "function") throw new Error(`The interpreter does not import "${name}"`);
    env[name] = how === "finds nothing" ? () => 0 : () => {
      throw new Error(`"${name}" is not allowed`);
    };
  }
  return { ...imports, env };
}

/** All that stays of what JavaScript is looked up by: its own library, and what Pyodide asks for while it runs. */
const KEPT = new Set(
  ("Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError FinalizationRegistry " +
    "Float32Array Float64Array Infinity Int16Array Int32Array Int8Array Iterator JSON Map Math NaN Number Object Promise " +
    "Proxy RangeError ReferenceError Reflect RegExp Set String Symbol SyntaxError TypeError URIError Uint16Array " +
    "Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet console crypto decodeURIComponent " +
    "encodeURIComponent globalThis isFinite isNaN parseFloat parseInt performance undefined TextDecoder TextEncoder " +
    "AggregateError AbortController AbortSignal DOMException WorkerGlobalScope location self")
    .split(" "),
);

/** What of WebAssembly the running interpreter needs: its exceptions. */
const KEPT_OF_WEBASSEMBLY = new Set(["Exception", "JSTag", "Tag", "RuntimeError"]);

/**
 * What JavaScript's own values inherit from can get no new properties and no getters: one on what all objects inherit
 * from would be called with whatever object lacks a property, such as those of the interpreter and of Deno itself.
 */
function sealPrototypes(): void {
  const iterators = [
    [].values(),
    new Map().values(),
    new Set().values(),
    ""[Symbol.iterator](),
    "".matchAll(/x/g),
  ];
  const functions = [() => {}, async () => {}, function* () {}, async function* () {}];
  const known = Object.getOwnPropertyNames(globalThis).flatMap((name) => {
    const { prototype } = Object((globalThis as unknown as Record<string, unknown>)[name]) as {
      prototype?: object;
    };
    return prototype === undefined ? [] : [prototype];
  });
  const sealed = new Set<object>();
  for (
    const start of [...known, ...iterators, ...functions, (function* () {})(), (async function* () {})()]
  ) {
    for (let at = Object.getPrototypeOf(start); at !== null; at = Object.getPrototypeOf(at)) sealed.add(at);
    if (known.includes(start)) sealed.add(start);
  }
  for (const prototype of sealed) Object.seal(prototype);
}

/**
 * From now on, nobody makes code of text or bytes, memory, timers or anything that reaches outside: any JavaScript value
 * that Python holds would lead there.
 */
export function takeGlobals(): void {
  const functions = [() => {}, async () => {}, function* () {}, async function* () {}];
  const classes = ["Memory", "Module", "Instance", "Table", "Global"] as const;
  const prototypes = [
    ...functions.map((kind) => Object.getPrototypeOf(kind)),
    ...classes.map((name) => WebAssembly[name].prototype),
    SharedArrayBuffer.prototype,
  ];
  for (const prototype of prototypes) {
    Object.defineProperty(prototype, "constructor", {
      value: undefined,
      writable: false,
      configurable: false,
    });
  }
  const wasm = Object.fromEntries(
    Object.getOwnPropertyNames(WebAssembly).filter((name) => KEPT_OF_WEBASSEMBLY.has(name))
      .map((name) => [name, (WebAssembly as unknown as Record<string, unknown>)[name]]),
  );
  const { prototype } = Function;
  for (const name of Reflect.ownKeys(globalThis)) {
    if (typeof name === "string" && !KEPT.has(name)) Reflect.deleteProperty(globalThis, name);
  }
  // What is asked of it is only whether something is a function.
  const refusing = Object.assign(() => {}, { prototype });
  Object.defineProperty(globalThis, "Function", { value: refusing });
  Object.defineProperty(globalThis, "WebAssembly", { value: Object.freeze(wasm) });
  sealPrototypes();
  // A function here would be given the places in the code that an error passed.
  Object.defineProperty(Error, "prepareStackTrace", { value: undefined });
}
