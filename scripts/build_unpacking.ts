import { VERSION } from "../src/version.ts";
import { embeddedKedro, placeBeside } from "./build_image.ts";
import { PERMISSIONS, V8_FLAGS } from "./build_permissions.ts";
import { outputOf } from "./run_program.ts";

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
 * @throws {Error} where `tar` or `gzip` is not there.
 */
export async function buildUnpacking({ app, output, stage }: Unpacking): Promise<void> {
  const file = "kedro.image";
  const { bytes, parts } = await embeddedKedro(0);
  await placeBeside(app, { file, parts });
  await Deno.writeFile(`${app}/${file}`, bytes);
  await Deno.copyFile(Deno.execPath(), `${stage}/deno`);
  await Deno.chmod(`${stage}/deno`, 0o755);
  await packUnpacking(stage, output);
}

/** Packs the file `deno` and the folder `app` of `stage` into a file that unpacks itself and runs the one with the other. */
export async function packUnpacking(stage: string, output: string): Promise<void> {
  const archive = await archived(stage);
  await Deno.writeFile(output, await header(archive), { mode: 0o755 });
  const whole = await Deno.open(output, { append: true });
  const packed = await Deno.open(archive);
  await packed.readable.pipeTo(whole.writable);
}

/** The same bytes for the same files: sorted, with one time and one owner. */
async function archived(stage: string): Promise<string> {
  const archive = `${stage}/packed.tar`;
  const same = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=ustar"];
  await outputOf("tar", [...same, "--mode=u=rwX", "-C", stage, "-cf", archive, "deno", "app"]);
  await outputOf("gzip", ["--no-name", "-9", archive]);
  return `${archive}.gz`;
}

/** How the unpacked Deno runs the program: as compiled, and heeding no configuration of the machine's. */
const RUN = [
  "--quiet",
  "--no-config",
  "--no-lock",
  "--no-remote",
  "--no-npm",
  "--no-check",
  "--no-code-cache",
  ...PERMISSIONS,
  V8_FLAGS,
];

async function header(archive: string): Promise<Uint8Array<ArrayBuffer>> {
  const template = await Deno.readTextFile("scripts/unpacking.sh");
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(archive));
  const text = template
    .replaceAll("@VERSION@", VERSION)
    .replaceAll("@SHA256@", new Uint8Array(digest).toHex())
    .replaceAll("@FLAGS@", RUN.join(" "))
    .replaceAll("@LINE@", String(template.split("\n").length));
  return new TextEncoder().encode(text);
}
