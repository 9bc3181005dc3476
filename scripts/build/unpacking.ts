import { constants, zstdCompressSync } from "node:zlib";
import { VERSION } from "../../src/core/version.ts";
import { embeddedKedro, placeBeside } from "./image.ts";
import { PERMISSIONS } from "./permissions.ts";
import { ISOLATION_FLAGS, V8_FLAGS } from "../../src/system/reader_process.ts";
import { outputOf } from "../shared/run_program.ts";
import { sha256 } from "../shared/bundle.ts";

/** From what, into what, and which folder may be used meanwhile. */
export interface Unpacking {
  /** Folder of the bundled program, below `stage`. */
  readonly app: string;
  readonly output: string;
  readonly stage: string;
}

/**
 * Makes a file of shell text and an archive: Deno itself, the bundled program and the embedded Kedro.
 *
 * The image of Kedro is compressed better than an archive does for which any machine has a program: Deno, which is
 * there by then, can take it out.
 *
 * @throws {Error} where `tar` or `gzip` is not there.
 */
export async function buildUnpacking({ app, output, stage }: Unpacking): Promise<void> {
  const file = "kedro.image";
  const { bytes, parts } = await embeddedKedro(0, { compress: false });
  await placeBeside(app, { file, parts });
  await Deno.writeFile(`${app}/${file}`, zstdCompressSync(bytes, { params: ZSTD }));
  await hideParts(app);
  await Deno.copyFile("scripts/build/unpacking.js", `${stage}/unpack.js`);
  await Deno.copyFile(Deno.execPath(), `${stage}/deno`);
  await Deno.chmod(`${stage}/deno`, 0o755);
  await packUnpacking(stage, output);
}

/** Hides which parts may be loaded later: Deno would read all of them at every start, as a compiled program does not. */
async function hideParts(app: string): Promise<void> {
  for (const { name } of Deno.readDirSync(app)) {
    if (!name.endsWith(".js")) continue;
    const text = await Deno.readTextFile(`${app}/${name}`);
    await Deno.writeTextFile(
      `${app}/${name}`,
      text.replaceAll(/import\(("\.\/[^"]+\.js")\)/g, "import(String($1))"),
    );
  }
}

/** The image is seen as one: what lies far apart in it is alike, as memory and the files that it was made of. */
const ZSTD = {
  [constants.ZSTD_c_compressionLevel]: 19,
  [constants.ZSTD_c_windowLog]: 26,
  [constants.ZSTD_c_checksumFlag]: 1,
};

/** Packs the files `deno` and `unpack.js` and the folder `app` of `stage` into a file that unpacks itself and runs the one with the other. */
export async function packUnpacking(stage: string, output: string): Promise<void> {
  const archive = await archived(stage);
  const files = [...Deno.readDirSync(`${stage}/app`)].length;
  await Deno.writeFile(output, await header(archive, files), { mode: 0o755 });
  const whole = await Deno.open(output, { append: true });
  const packed = await Deno.open(archive);
  await packed.readable.pipeTo(whole.writable);
}

/** The same bytes for the same files: sorted, with one time and one owner. */
async function archived(stage: string): Promise<string> {
  const archive = `${stage}/packed.tar`;
  const same = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=ustar"];
  await outputOf("tar", [...same, "--mode=u=rwX", "-C", stage, "-cf", archive, "deno", "unpack.js", "app"]);
  await outputOf("gzip", ["--no-name", "-9", archive]);
  return `${archive}.gz`;
}

/** How the unpacked Deno runs the program: as compiled, but with what V8 compiled before, kept in the private folder. */
const RUN = [...ISOLATION_FLAGS.filter((flag) => flag !== "--no-code-cache"), ...PERMISSIONS, V8_FLAGS];

/** How it takes the image out. */
const UNPACK = [...ISOLATION_FLAGS, "--no-prompt", "--allow-read", "--allow-write"];

async function header(archive: string, files: number): Promise<Uint8Array<ArrayBuffer>> {
  const template = await Deno.readTextFile("scripts/build/unpacking.sh");
  const text = template
    .replaceAll("@VERSION@", VERSION)
    .replaceAll("@SHA256@", await sha256(await Deno.readFile(archive)))
    .replaceAll("@FILES@", String(files))
    .replaceAll("@FLAGS@", RUN.join(" "))
    .replaceAll("@UNPACK_FLAGS@", UNPACK.join(" "))
    .replaceAll("@LINE@", String(template.split("\n").length));
  return new TextEncoder().encode(text);
}
