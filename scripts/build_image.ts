import { constants, zstdCompressSync } from "node:zlib";
import { type ImageIndex, packImage } from "../src/system/image.ts";

const IMAGE = ".cache/kedro";

/** The parts that the program reads, as `src/core/context.ts` names them. */
const PARTS = ["kedro.snapshot", "pyodide.wasm", "python_stdlib.zip", "site.zip", "pyodide-lock.json"];

/**
 * The part that is compressed within an executable that Deno compiled: 9.3 MB of code become 3.2, and taking it out
 * costs some 25 ms of another thread. The snapshot of memory stays as it is: it is three times as large.
 */
const COMPRESSED = "pyodide.wasm";

/** Level 19 gains 0.35 MB and takes some thirty times as long. */
const ZSTD = { [constants.ZSTD_c_compressionLevel]: 9, [constants.ZSTD_c_checksumFlag]: 1 };

/** The embedded Kedro as one run of bytes, of which the first lies at `start` in its file. */
export async function embeddedKedro(
  start: number,
  { compress }: { readonly compress: boolean },
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly parts: ImageIndex["parts"] }> {
  const files: Record<string, Uint8Array> = {};
  for (const name of PARTS) {
    const bytes = await Deno.readFile(`${IMAGE}/${name}`);
    files[name] = compress && name === COMPRESSED ? zstdCompressSync(bytes, { params: ZSTD }) : bytes;
  }
  const { bytes, parts } = packImage(files, start);
  if (!compress) return { bytes, parts };
  return { bytes, parts: { ...parts, [COMPRESSED]: { ...parts[COMPRESSED]!, compressed: "zstd" } } };
}

/** Writes what the program finds beside itself: the Worker, and where the image lies. */
export async function placeBeside(folder: string, index: Omit<ImageIndex, "id">): Promise<void> {
  const id = await Deno.readTextFile(`${IMAGE}/stamp`);
  await Deno.copyFile(`${IMAGE}/worker.js`, `${folder}/worker.js`);
  await Deno.writeTextFile(`${folder}/image.json`, JSON.stringify({ id, ...index }));
}
