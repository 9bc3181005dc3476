import { joinedBytes } from "../../src/core/bytes.ts";

/** Pyodide's compiled interpreter and the code around it, as its package has them or without what nobody calls. */
export interface Pyodide {
  /** The text of `pyodide.asm.mjs`. */
  readonly glue: string;
  /** The bytes of `pyodide.asm.wasm`. */
  readonly wasm: Uint8Array<ArrayBuffer>;
}

/**
 * Leaves out what only dynamic libraries could ask of the interpreter, of which there are none here: some 8,300 of 8,560
 * exports, each of which would become a JavaScript function, a variable and a place in a table at every start.
 *
 * An export stays where its name, or the name that the code around gives it, is mentioned anywhere in that code or in
 * `callers`, other than where it is only handed on.
 *
 * @throws {Error} where the code around does not look as expected: another version of Pyodide.
 */
export function slimPyodide({ glue, wasm }: Pyodide, callers: string): Pyodide {
  const { before, assignments, after } = split(glue);
  const declared = before.match(DECLARATION)?.[0] ?? after.match(DECLARATION)?.[0];
  if (declared === undefined) throw otherVersion("it declares no exports");
  const around = `${before}${after}`.replace(declared, "");
  const mentioned = new Set(`${around}${callers}`.match(WORD));
  const kept = assignments.filter(({ names }) => names.some((name) => mentioned.has(name)));
  const variables = new Set([...mentioned, ...kept.flatMap(({ names }) => names)]);
  const declaration = `var ${
    declared.match(WORD)!.slice(1).filter((name) => variables.has(name)).join(",")
  };`;
  return {
    glue: `${before}${kept.map(({ text }) => text).join("")}${after}`.replace(declared, () => declaration),
    wasm: withoutExports(wasm, (name) => mentioned.has(name) || mentioned.has(`_${name}`)),
  };
}

/** One export that is handed on, such as `_a=Module["_a"]=wasmExports["a"];`, and all the names in it. */
interface Assignment {
  readonly text: string;
  readonly names: readonly string[];
}

const START = "function assignWasmExports(wasmExports){";
const ASSIGNMENT = /(?:[\w$]+=|Module\["[\w$]+"\]=)+wasmExports\["[\w$]+"\][^;}]*;?/g;
/** The variables that hold exports: far more than any other declaration has. */
const DECLARATION = /var (?:[\w$]+,){500,}[\w$]+;/;
const WORD = /[\w$]+/g;
/** The words of an assignment that name no export. */
const NOT_NAMES = new Set(["Module", "wasmExports"]);

function split(glue: string) {
  const start = glue.indexOf(START) + START.length;
  const end = glue.indexOf("}", start);
  if (start < START.length || end < 0) throw otherVersion("it hands no exports on");
  const body = glue.slice(start, end);
  const assignments = (body.match(ASSIGNMENT) ?? []).map((text): Assignment => ({
    text: text.endsWith(";") ? text : `${text};`,
    names: text.slice(0, text.lastIndexOf("]")).match(WORD)!.filter((word) => !NOT_NAMES.has(word)),
  }));
  if (body.replaceAll(ASSIGNMENT, "") !== "") throw otherVersion("it hands exports on in another way");
  return { before: glue.slice(0, start), assignments, after: glue.slice(end) };
}

function otherVersion(problem: string): Error {
  return new Error(`Cannot leave anything out of this Pyodide: ${problem}`);
}

const HEADER_BYTES = 8;
const EXPORTS = 7;
/** Kinds of export that stay whatever their names: tables and memories. */
const ALWAYS = [1, 2];

/** The module with only those exports that `keep` wants. */
function withoutExports(wasm: Uint8Array, keep: (name: string) => boolean): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [wasm.subarray(0, HEADER_BYTES)];
  for (let at = HEADER_BYTES; at < wasm.length;) {
    const [length, start] = readNumber(wasm, at + 1);
    const end = start + length;
    if (wasm[at] !== EXPORTS) parts.push(wasm.subarray(at, end));
    else {
      const section = keptExports(wasm.subarray(start, end), keep);
      parts.push(new Uint8Array([EXPORTS, ...number(section.length)]), section);
    }
    at = end;
  }
  return joinedBytes(parts);
}

function keptExports(section: Uint8Array, keep: (name: string) => boolean): Uint8Array {
  const kept: Uint8Array[] = [];
  const [count, first] = readNumber(section, 0);
  let at = first;
  for (let i = 0; i < count; i++) {
    const from = at;
    const [length, start] = readNumber(section, at);
    const kind = start + length;
    at = readNumber(section, kind + 1)[1];
    const name = new TextDecoder().decode(section.subarray(start, kind));
    if (ALWAYS.includes(section[kind]!) || keep(name)) kept.push(section.subarray(from, at));
  }
  return joinedBytes([new Uint8Array(number(kept.length)), ...kept]);
}

/** Reads an unsigned LEB128 number; gives it and where it ends. */
function readNumber(bytes: Uint8Array, at: number): readonly [number, number] {
  let value = 0;
  for (let shift = 0;; shift += 7) {
    const byte = bytes[at++]!;
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}

function number(value: number): readonly number[] {
  return value < 128 ? [value] : [value % 128 + 128, ...number(Math.floor(value / 128))];
}
