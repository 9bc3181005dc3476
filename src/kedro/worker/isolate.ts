/**
 * Imported before anything else of the Worker: takes away what could reach outside.
 *
 * The Worker has no permission anyway; this makes Pyodide take its browser path, which asks only `fetch`, and leaves
 * nothing for the project's code to find. It has to happen at import, because Pyodide looks around when it is imported.
 */

/** A project that needs more than this to be read is not being read. */
const MOST_MEMORY_BYTES = 1024 * 1024 * 1024;

const outside = globalThis as unknown as Record<string, unknown>;
for (const name of ["Deno", "process", "Buffer", "global", "WebSocket", "EventSource", "caches", "Worker"]) {
  delete outside[name];
}

const grow = WebAssembly.Memory.prototype.grow;
WebAssembly.Memory.prototype.grow = function (pages: number): number {
  if (this.buffer.byteLength + pages * 65536 > MOST_MEMORY_BYTES) throw new RangeError("Out of memory");
  return grow.call(this, pages);
};

// What the interpreter says of itself when it ends is told as an error, in words of ours.
for (const name of Object.keys(console) as (keyof Console)[]) Object.assign(console, { [name]: () => {} });

/** From now on, nobody makes code of text: any JavaScript value that Python holds would lead there. */
export function refuseCodeOfText(): void {
  const kinds = [() => {}, async () => {}, function* () {}, async function* () {}];
  for (const kind of kinds) {
    Object.defineProperty(Object.getPrototypeOf(kind), "constructor", {
      value: undefined,
      writable: false,
      configurable: false,
    });
  }
}
