/**
 * Prints what takes the space in `dist/kedro-azureml`, or in another executable that is named, on disk and as it is
 * downloaded: `deno task size [FILE]`. Fails where a limit is missed.
 */

import { constants, zstdCompressSync } from "node:zlib";
import { MOST_ON_DISK } from "./main.ts";
import { bundleProgram } from "./bundle.ts";
import { embeddedKedro } from "./image.ts";

const [EXECUTABLE = `dist/kedro-azureml${Deno.build.os === "windows" ? ".exe" : ""}`] = Deno.args;

/** In bytes. */
const MOST_TO_DOWNLOAD = 45e6;

/** As `zstd -19 --long=27` does; xz comes to within a percent of it. */
const ZSTD = {
  [constants.ZSTD_c_compressionLevel]: 19,
  [constants.ZSTD_c_windowLog]: 27,
  [constants.ZSTD_c_enableLongDistanceMatching]: 1,
};

function compressed(bytes: Uint8Array): number {
  return zstdCompressSync(bytes, { params: ZSTD }).length;
}

function line(name: string, onDisk: number, toDownload: number): string {
  const column = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`.padStart(10);
  return `${name.padEnd(28)} ${column(onDisk)} ${column(toDownload)}\n`;
}

/** Every part that is built in, by name. */
async function builtIn(): Promise<readonly (readonly [name: string, bytes: Uint8Array])[]> {
  const stage = await Deno.makeTempDir({ prefix: "size-" });
  try {
    const { bytes, parts } = await embeddedKedro(0, { compress: true });
    await bundleProgram(stage);
    const bundled = [...Deno.readDirSync(stage)].map(({ name }) => Deno.readFileSync(`${stage}/${name}`));
    return [
      ...Object.entries(parts).map(([name, { stretches }]) => {
        const from = stretches[0]?.offset ?? 0;
        const length = stretches.reduce((sum, stretch) => sum + stretch.length, 0);
        return [name, bytes.subarray(from, from + length)] as const;
      }),
      ["sandbox.js", await Deno.readFile(".cache/kedro/sandbox.js")],
      ["the program", new Uint8Array(await new Blob(bundled).arrayBuffer())],
    ];
  } finally {
    await Deno.remove(stage, { recursive: true });
  }
}

async function print(): Promise<boolean> {
  const whole = await Deno.readFile(EXECUTABLE);
  const sizes = (await builtIn()).map(([name, bytes]) => [name, bytes.length, compressed(bytes)] as const);
  const download = compressed(whole);
  const rest = sizes.reduce(
    ([disk, net], [, onDisk, toDownload]) => [disk - onDisk, net - toDownload] as const,
    [whole.length, download] as const,
  );
  const rows = [...sizes, ["Deno's runtime, the rest", ...rest] as const];
  const text = `${"".padEnd(28)} ${"on disk".padStart(10)} ${"zstd -19".padStart(10)}\n` +
    rows.map((row) => line(...row)).join("") + line(EXECUTABLE, whole.length, download);
  Deno.stdout.writeSync(new TextEncoder().encode(text));
  return whole.length <= MOST_ON_DISK && download <= MOST_TO_DOWNLOAD;
}

if (import.meta.main) Deno.exit(await print() ? 0 : 1);
