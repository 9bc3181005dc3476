/** Prints what takes the space in `dist/kedro-azureml`, on disk and as it is downloaded. Fails where a limit is missed. */

import { gzipSync } from "node:zlib";
import { bundleProgram } from "./build_bundle.ts";
import { embeddedKedro } from "./build_image.ts";

const EXECUTABLE = "dist/kedro-azureml";

/** In bytes. */
const MOST_ON_DISK = 150e6;
const MOST_TO_DOWNLOAD = 60e6;

function gzipped(bytes: Uint8Array): number {
  return gzipSync(bytes, { level: 9 }).length;
}

function line(name: string, onDisk: number, toDownload: number): string {
  const column = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`.padStart(10);
  return `${name.padEnd(28)} ${column(onDisk)} ${column(toDownload)}\n`;
}

async function print(): Promise<boolean> {
  const stage = await Deno.makeTempDir({ prefix: "size-" });
  let text = `${"".padEnd(28)} ${"on disk".padStart(10)} ${"gzip -9".padStart(10)}\n`;
  const row = (name: string, bytes: Uint8Array) => {
    text += line(name, bytes.length, gzipped(bytes));
  };
  try {
    const { bytes, parts } = await embeddedKedro(0);
    for (const [name, { stretches }] of Object.entries(parts)) {
      const from = stretches[0]?.offset ?? 0;
      row(name, bytes.subarray(from, from + stretches.reduce((sum, { length }) => sum + length, 0)));
    }
    row("worker.js", await Deno.readFile(".cache/kedro/worker.js"));
    await bundleProgram(stage);
    const bundled = [...Deno.readDirSync(stage)].map(({ name }) => Deno.readFileSync(`${stage}/${name}`));
    row("the program", new Uint8Array(await new Blob(bundled).arrayBuffer()));
  } finally {
    await Deno.remove(stage, { recursive: true });
  }
  const whole = await Deno.readFile(EXECUTABLE);
  const download = gzipped(whole);
  text += line(`${EXECUTABLE}, with Deno`, whole.length, download);
  Deno.stdout.writeSync(new TextEncoder().encode(text));
  return whole.length <= MOST_ON_DISK && download <= MOST_TO_DOWNLOAD;
}

if (import.meta.main) Deno.exit(await print() ? 0 : 1);
