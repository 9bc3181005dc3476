import { deepStrictEqual, doesNotMatch, match } from "node:assert/strict";
import { slimPyodide } from "../../../scripts/build/slim_pyodide.ts";

/** Creates a module with these exports. */
function wasmWith(names: readonly string[]): Uint8Array<ArrayBuffer> {
  const text = (name: string) => [name.length, ...new TextEncoder().encode(name)];
  const section = (id: number, content: readonly number[]) => [id, ...length(content.length), ...content];
  const exports = names.flatMap((name) => [...text(name), 0, 0]);
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 0, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [...length(names.length + 1), ...text("memory"), 2, 0, ...exports]),
    ...section(10, [1, 2, 0, 0x0b]),
  ]);
}

function length(value: number): readonly number[] {
  return value < 128 ? [value] : [value % 128 + 128, value >> 7];
}

const IDLE = Array.from({ length: 600 }, (_, i) => `idle${i}`);
const NAMES = ["used", "called", "data", "main", ...IDLE];

function glueOf(names: readonly string[]): string {
  const assignments = names.map((name) =>
    `_${name}=Module["_${name}"]=wasmExports["${name}"]${name === "data" ? ".value>>>0" : ""}`
  );
  return `let memory;var ${names.map((name) => `_${name}`).join(",")};` +
    `function assignWasmExports(wasmExports){memory=Module["memory"]=wasmExports["memory"];${
      assignments.join(";")
    }}` +
    "memory;_used();Module._called();_data+1;";
}

Deno.test("Pyodide in the program has only the exports in use", async () => {
  const { glue, wasm } = slimPyodide({ glue: glueOf(NAMES), wasm: wasmWith(NAMES) }, "run(main)");

  const names = WebAssembly.Module.exports(await WebAssembly.compile(wasm)).map(({ name }) => name);
  deepStrictEqual(names, ["memory", "used", "called", "data", "main"]);
  match(glue, /var _used,_called,_data,_main;/);
  match(glue, /_data=Module\["_data"\]=wasmExports\["data"\]\.value>>>0;/);
  doesNotMatch(glue, /idle/);
});
