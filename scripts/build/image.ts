import { deflateRawSync } from "node:zlib";
import { joinedBytes } from "../../src/core/bytes.ts";
import { type ImageIndex, type ImagePart, isZero, PAGE } from "../../src/kedro/sandbox/packed_image.ts";

const IMAGE = ".cache/kedro";

/** The parts that the program reads, as `src/core/context.ts` names them. */
const PARTS = ["kedro.snapshot", "pyodide.wasm", "python_stdlib.zip", "site.zip", "pyodide-lock.json"];

/**
 * The part that is compressed within an executable that Deno compiled: 9.3 MB of code become 3.5, and taking it out
 * costs some 35 ms. The snapshot of memory stays as it is: it is three times as large. Zstandard
 * would be faster, but the runtimes before Deno 2.6.10 do not have it.
 */
const COMPRESSED = "pyodide.wasm";

/** The embedded Kedro as one run of bytes, of which the first lies at `start` in its file. */
export async function embeddedKedro(
  start: number,
  { compress }: { readonly compress: boolean },
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly parts: ImageIndex["parts"] }> {
  const files: Record<string, Uint8Array> = {};
  for (const name of PARTS) files[name] = await Deno.readFile(`${IMAGE}/${name}`);
  if (!compress) return packImage(files, start);
  const code = files[COMPRESSED]!;
  const { bytes, parts } = packImage({ ...files, [COMPRESSED]: deflateRawSync(code, { level: 9 }) }, start);
  return { bytes, parts: { ...parts, [COMPRESSED]: { ...parts[COMPRESSED]!, inflatedLength: code.length } } };
}

/** Writes what the program finds beside itself: the sandbox, and where the image lies. */
export async function placeBeside(folder: string, index: Omit<ImageIndex, "id">): Promise<void> {
  const id = await Deno.readTextFile(`${IMAGE}/stamp`);
  await Deno.copyFile(`${IMAGE}/sandbox.js`, `${folder}/sandbox.js`);
  await Deno.writeTextFile(`${folder}/image.json`, JSON.stringify({ id, ...index }));
}

/** Packs parts into one file without pages of zeros; `start` is the position of its first byte in the file. */
export function packImage(
  parts: Readonly<Record<string, Uint8Array>>,
  start: number,
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly parts: Record<string, ImagePart> } {
  const chunks: Uint8Array[] = [];
  const index: Record<string, ImagePart> = {};
  let offset = start;
  for (const [name, part] of Object.entries(parts)) {
    const stretches: ImagePart["stretches"][number][] = [];
    for (const { at, length } of filled(part)) {
      stretches.push({ at, offset, length });
      chunks.push(part.subarray(at, at + length));
      offset += length;
    }
    index[name] = { length: part.length, stretches };
  }
  return { bytes: joinedBytes(chunks), parts: index };
}

function* filled(part: Uint8Array): Iterable<{ readonly at: number; readonly length: number }> {
  let from: number | undefined;
  for (let at = 0; at < part.length; at += PAGE) {
    const empty = isZero(part.subarray(at, at + PAGE));
    if (!empty) from ??= at;
    if (empty && from !== undefined) {
      yield { at: from, length: at - from };
      from = undefined;
    }
  }
  if (from !== undefined) yield { at: from, length: part.length - from };
}
