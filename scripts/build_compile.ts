import { embeddedKedro, placeBeside } from "./build_image.ts";
import { PERMISSIONS, V8_FLAGS } from "./build_permissions.ts";
import { outputOf, runProgram } from "./run_program.ts";

/** Which Deno compiles, for which system, from and into what. */
export interface Compiling {
  /** Folder of the bundled program. */
  readonly app: string;
  readonly output: string;
  /** A target of `deno compile`; that of this machine when absent. */
  readonly target?: string;
  /** Deno that compiles, of the same version as `denort`. */
  readonly deno: string;
  /** Runtime to compile into, instead of the one that `deno compile` downloads. */
  readonly denort?: string;
}

/**
 * Makes the executable with `deno compile`.
 *
 * The runtime copies all that is embedded at every start, a millisecond a megabyte. Where the runtime is a file at hand
 * and an ELF, the image is therefore appended to it before compiling, and read from there when a project is read.
 *
 * @throws {Error} with what `deno compile` said.
 */
export async function compileExecutable(how: Compiling): Promise<void> {
  const runtime = how.denort === undefined ? undefined : await Deno.readFile(how.denort);
  if (runtime !== undefined && isElf(runtime)) await compileAppended(how, runtime);
  else await compileEmbedded(how);
}

async function compileAppended(how: Compiling, runtime: Uint8Array): Promise<void> {
  const start = Math.ceil(runtime.length / PAGE) * PAGE;
  const { bytes, parts } = await embeddedKedro(start);
  await placeBeside(how.app, { parts });
  const denort = `${how.app}.denort`;
  const joined = new Uint8Array(start + bytes.length);
  joined.set(runtime);
  joined.set(bytes, start);
  await Deno.writeFile(denort, joined, { mode: 0o755 });
  await compile({ ...how, denort });
  await Deno.remove(denort);
  const made = await Deno.readFile(how.output);
  const kept = made.subarray(start, start + bytes.length);
  if (!kept.every((byte, at) => byte === bytes[at])) {
    throw new Error("`deno compile` moved what was appended to its runtime: compile without DENORT_BIN");
  }
}

async function compileEmbedded(how: Compiling): Promise<void> {
  const file = "kedro.image";
  const { bytes, parts } = await embeddedKedro(0);
  await placeBeside(how.app, { file, parts });
  await Deno.writeFile(`${how.app}/${file}`, bytes);
  await compile(how);
}

const PAGE = 4096;

async function compile({ app, output, target, deno, denort }: Compiling): Promise<void> {
  // The time of each file goes into the executable: with times of their own, no two builds would be the same.
  for (const { name } of Deno.readDirSync(app)) await Deno.utime(`${app}/${name}`, 0, 0);
  const args = [
    "compile",
    "--quiet",
    "--no-config",
    "--no-lock",
    "--no-remote",
    "--no-npm",
    "--no-check",
    // The cache would lie at a foreseeable path of the temporary folder, and gains little after splitting.
    "--no-code-cache",
    ...PERMISSIONS,
    V8_FLAGS,
    ...target === undefined ? [] : ["--target", target],
    "--include",
    ".",
    "--output",
    output,
    "main.js",
  ];
  // Another Deno gets a cache of its own, as it may keep other things there under the same names.
  const env = denort === undefined ? {} : { DENORT_BIN: denort, DENO_DIR: `${app}.deno` };
  await outputOf(deno, args, { cwd: app, env });
}

function isElf(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(1, 4)) === "ELF";
}

/** The newest C library that the executable asks for, such as "2.27"; undefined where `objdump` is not there. */
export async function glibcFloor(executable: string): Promise<string | undefined> {
  const { code, stdout } = await runProgram("objdump", ["-T", executable]);
  if (code !== 0) return undefined;
  const versions = [...stdout.matchAll(/GLIBC_(\d+)\.(\d+)/g)].map(([, major, minor]) => [+major!, +minor!]);
  const [newest] = versions.sort((a, b) => b[0]! - a[0]! || b[1]! - a[1]!);
  return newest?.join(".");
}
