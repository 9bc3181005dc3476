import { type ImageIndex, packImage } from "../src/kedro/worker/packed_image.ts";

const IMAGE = ".cache/kedro";

/** The parts that the program reads, as `src/core/context.ts` names them. */
const PARTS = ["kedro.snapshot", "pyodide.wasm", "python_stdlib.zip", "site.zip", "pyodide-lock.json"];

/** The embedded Kedro as one run of bytes, of which the first lies at `start` in its file. */
export async function embeddedKedro(
  start: number,
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly parts: ImageIndex["parts"] }> {
  const parts: Record<string, Uint8Array> = {};
  for (const name of PARTS) parts[name] = await Deno.readFile(`${IMAGE}/${name}`);
  return packImage(parts, start);
}

/** Writes what the program finds beside itself: the Worker, and where the image lies. */
export async function placeBeside(folder: string, index: Omit<ImageIndex, "id">): Promise<void> {
  const id = await Deno.readTextFile(`${IMAGE}/stamp`);
  await Deno.copyFile(`${IMAGE}/worker.js`, `${folder}/worker.js`);
  await Deno.writeTextFile(`${folder}/image.json`, JSON.stringify({ id, ...index }));
}
