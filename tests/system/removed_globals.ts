/**
 * Prints what is left of JavaScript after the reader's process has removed the rest, and what the outcome of forbidden
 * operations is. Run by `remove_globals_test.ts`.
 */

const { stdout } = Deno;
const { removeGlobals, withRefusals } = await import("../../src/kedro/sandbox/remove_globals.ts");

/** The name of the error that an attempt throws, or its result. */
function outcome(attempt: () => unknown): unknown {
  try {
    return attempt();
  } catch (thrown) {
    return (thrown as Error).message;
  }
}

const memory = new WebAssembly.Memory({ initial: 1 });
const { grow } = WebAssembly.Memory.prototype;
const imports = {
  _dlopen_js: () => 5,
  _dlsym_js: () => 5,
  _emscripten_dlopen_js: () => 5,
  _emscripten_lookup_name: () => 5,
  _emscripten_system: () => 5,
  emscripten_set_up_async_input_device_js: () => 5,
  ffi_call_js: () => 5,
  ffi_closure_alloc_js: () => 5,
  ffi_prep_closure_loc_js: () => 5,
  raw_call_js: () => 5,
  other: () => 5,
};
const refusing = withRefusals({ env: imports, wasi: {} });
const missing = outcome(() => withRefusals({ env: {} }));
const place = String((globalThis as unknown as { location: unknown }).location);
removeGlobals();

const functions = [() => {}, async () => {}, function* () {}, async function* () {}];
const state = {
  globals: Reflect.ownKeys(globalThis).filter((name) => typeof name === "string").sort(),
  webAssembly: Reflect.ownKeys(WebAssembly).sort(),
  place,
  imports: Object.fromEntries(
    Object.entries(refusing.env!).map(([name, call]) => [name, outcome(call as () => unknown)]),
  ),
  modules: Object.keys(refusing),
  missing,
  constructors: functions.map((kind) => typeof kind.constructor),
  memory: [
    outcome(() => grow.call(memory, 1)),
    outcome(() => grow.call(memory, 16383)),
    typeof memory.constructor,
  ],
  sealed: [
    ...[Object, Array, Map, Promise, Error, Uint8Array, Function].map(({ prototype }) => prototype),
    ...[[].values(), new Map().values(), ""[Symbol.iterator](), functions[3]].map((value) =>
      Object.getPrototypeOf(value)
    ),
  ].map((prototype) => Object.isSealed(prototype)),
  frozen: Object.isFrozen(WebAssembly),
  stack: outcome(() => {
    (Error as { prepareStackTrace?: unknown }).prepareStackTrace = () => 5;
  }),
  // deno-lint-ignore no-console
  silent: outcome(() => console.log("printed")),
};
stdout.writeSync(new TextEncoder().encode(JSON.stringify(state)));
