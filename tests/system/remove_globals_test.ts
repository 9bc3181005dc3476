import { deepEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";

/** Globals that remain in the reader's process, without those of JavaScript's own values. */
const REMAINING =
  ("Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Date Error FinalizationRegistry Float32Array " +
    "Float64Array Function Infinity Int16Array Int32Array Int8Array Iterator JSON Map Math NaN Number Object Promise " +
    "Proxy Reflect RegExp Set String Symbol Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef " +
    "WeakSet WebAssembly globalThis undefined isFinite isNaN parseFloat parseInt decodeURIComponent encodeURIComponent " +
    "AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError AbortController AbortSignal " +
    "DOMException TextDecoder TextEncoder console crypto performance WorkerGlobalScope location self " +
    // The runtime does not let it be removed; nothing that it is given runs, because the process never waits.
    "queueMicrotask").split(" ");

Deno.test("removeGlobals() removes eval and network access", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      "--no-lock",
      "--cached-only",
      fileURLToPath(new URL("removed_globals.ts", import.meta.url)),
    ],
  }).output();
  const refused = (name: string) => [name, `"${name}" is not allowed`];
  deepEqual(JSON.parse(new TextDecoder().decode(stdout)), {
    globals: REMAINING.toSorted(),
    webAssembly: ["Exception", "JSTag", "RuntimeError", "Tag"],
    place: "https://image.invalid/worker.js",
    imports: {
      _dlopen_js: 0,
      _dlsym_js: 0,
      ...Object.fromEntries(
        [
          "_emscripten_dlopen_js",
          "_emscripten_lookup_name",
          "_emscripten_system",
          "emscripten_set_up_async_input_device_js",
          "ffi_call_js",
          "ffi_closure_alloc_js",
          "ffi_prep_closure_loc_js",
          "raw_call_js",
        ].map(refused),
      ),
      other: 5,
    },
    modules: ["env", "wasi"],
    missing: 'The interpreter does not import "_dlopen_js"',
    constructors: ["undefined", "undefined", "undefined", "undefined"],
    memory: [1, "Out of memory", "undefined"],
    sealed: Array(11).fill(true),
    frozen: true,
    stack:
      "Cannot assign to read only property 'prepareStackTrace' of function 'function Error() { [native code] }'",
  });
});
