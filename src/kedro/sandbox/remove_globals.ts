/**
 * Imported before Pyodide: removes everything that could reach outside the process.
 *
 * The process has no permissions anyway. This makes Pyodide use its browser code path, which needs only `fetch`, and
 * leaves the project's code nothing to find. It must run at import, because Pyodide detects its environment when it is
 * imported.
 */

/** Memory limit of the interpreter, in bytes; reading a project needs much less. */
const MOST_MEMORY_BYTES = 1024 * 1024 * 1024;

const outside = globalThis as unknown as Record<string, unknown>;
for (const name of ["Deno", "process", "Buffer", "global", "WebSocket", "EventSource", "caches", "Worker"]) {
  delete outside[name];
}

/** Makes Pyodide believe that it runs in a browser's Worker, whatever object it checks. */
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

// What the interpreter logs when it ends is reported as an error of this program instead.
for (const name of Object.keys(console) as (keyof Console)[]) Object.assign(console, { [name]: () => {} });

/**
 * Imports of the interpreter that no project needs: loading libraries, calling code at addresses, and running programs.
 * Python gets an error, or the interpreter ends.
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

/** The interpreter's imports, with those that only an attack would use refused. */
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

/** The globals that are kept: JavaScript's own library, and what Pyodide uses while it runs. */
const KEPT = new Set(
  ("Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError FinalizationRegistry " +
    "Float32Array Float64Array Infinity Int16Array Int32Array Int8Array Iterator JSON Map Math NaN Number Object Promise " +
    "Proxy RangeError ReferenceError Reflect RegExp Set String Symbol SyntaxError TypeError URIError Uint16Array " +
    "Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet console crypto decodeURIComponent " +
    "encodeURIComponent globalThis isFinite isNaN parseFloat parseInt performance undefined TextDecoder TextEncoder " +
    "AggregateError AbortController AbortSignal DOMException WorkerGlobalScope location self")
    .split(" "),
);

/** The parts of WebAssembly that the running interpreter needs: its exceptions. */
const KEPT_OF_WEBASSEMBLY = new Set(["Exception", "JSTag", "Tag", "RuntimeError"]);

/**
 * Seals the prototypes of built-in values, so that no properties or getters can be added. A getter on Object.prototype
 * would be called for any object that lacks the property, including objects of the interpreter and of Deno.
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
 * Removes the means to compile code, allocate memory, set timers or reach outside: from any JavaScript value that
 * Python holds, project code could get to them.
 */
export function removeGlobals(): void {
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
  // Pyodide uses it only to check whether something is a function.
  const refusing = Object.assign(() => {}, { prototype });
  Object.defineProperty(globalThis, "Function", { value: refusing });
  Object.defineProperty(globalThis, "WebAssembly", { value: Object.freeze(wasm) });
  sealPrototypes();
  // A function set here would receive the stack frames of errors.
  Object.defineProperty(Error, "prepareStackTrace", { value: undefined });
}
