import { resolve } from "node:path";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip.js/zip.js";
import { embeddedKedro, placeBeside } from "./image.ts";
import { PERMISSIONS } from "./permissions.ts";
import { V8_FLAGS } from "../../src/system/reader_process.ts";
import { outputOf, runProgram } from "../shared/run_program.ts";

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
 * The runtime copies all that is embedded at every start, a millisecond a megabyte. Where the runtime is an ELF, which
 * it is on Linux, the image is therefore appended to it before compiling, and read from there when a project is read.
 *
 * @throws {Error} with what `deno compile` said.
 */
export async function compileExecutable(how: Compiling): Promise<void> {
  const runtime = how.denort === undefined ? await downloadedRuntime(how) : await Deno.readFile(how.denort);
  checkSystem(how, runtime);
  if (runtime !== undefined && isElf(runtime)) await compileAppended(how, runtime);
  else await compileEmbedded(how);
}

/** The runtime that `deno compile` downloads and keeps; undefined for a system other than Linux, and where it is not found. */
async function downloadedRuntime(how: Compiling): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const print = "const { version, build } = Deno; console.log(`v${version.deno} ${build.target}`)";
  const [version, machine] = (await outputOf(how.deno, ["eval", "--no-config", print])).trim().split(" ");
  const target = how.target ?? machine;
  if (!target?.includes("linux")) return undefined;
  await downloadRuntime(how);
  const archive = `${denoDir() ?? ""}/dl/release/${version}/denort-${target}.zip`;
  const bytes = await Deno.readFile(archive).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const reader = new ZipReader(new Uint8ArrayReader(bytes));
  const runtime = (await reader.getEntries()).find(({ filename }) => filename === "denort");
  const unpacked = runtime?.directory === false ? await runtime.getData(new Uint8ArrayWriter()) : undefined;
  await reader.close();
  return unpacked && new Uint8Array(unpacked);
}

/** Compiles nothing, as that is what makes Deno download. */
async function downloadRuntime({ app, deno, target }: Compiling): Promise<void> {
  const nothing = `${app}.nothing.js`;
  await Deno.writeTextFile(nothing, "");
  const env = denoDir() === undefined ? {} : { DENO_DIR: denoDir()! };
  await outputOf(deno, [...compileFor(target), "--output", `${app}.nothing`, nothing], { env });
}

function compileFor(target: string | undefined): readonly string[] {
  return [
    "compile",
    "--quiet",
    "--no-config",
    "--no-check",
    ...target === undefined ? [] : ["--target", target],
  ];
}

/** A relative one would come to lie wherever Deno compiles, and be packed with the program. */
function denoDir(): string | undefined {
  const folder = Deno.env.get("DENO_DIR");
  return folder ? resolve(folder) : undefined;
}

async function compileAppended(how: Compiling, runtime: Uint8Array): Promise<void> {
  const start = Math.ceil(runtime.length / PAGE) * PAGE;
  const { bytes, parts } = await embeddedKedro(start, { compress: true });
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
  const { bytes, parts } = await embeddedKedro(0, { compress: true });
  await placeBeside(how.app, { file, parts });
  await Deno.writeFile(`${how.app}/${file}`, bytes);
  await compile(how);
}

const PAGE = 4096;

async function compile({ app, output, target, deno, denort }: Compiling): Promise<void> {
  // The time of each file goes into the executable: with times of their own, no two builds would be the same.
  for (const { name } of Deno.readDirSync(app)) await Deno.utime(`${app}/${name}`, 0, 0);
  // The code cache would lie at a foreseeable path of the temporary folder, and gains little after splitting.
  const flags = ["--no-lock", "--no-remote", "--no-npm", "--no-code-cache", ...PERMISSIONS, V8_FLAGS];
  const args = [...compileFor(target), ...flags, "--include", ".", "--output", output, "main.js"];
  // Another Deno gets a cache of its own, as it may keep other things there under the same names.
  const ours = denoDir() === undefined ? {} : { DENO_DIR: denoDir()! };
  const env = denort === undefined ? ours : { DENORT_BIN: denort, DENO_DIR: `${app}.deno` };
  await outputOf(deno, args, { cwd: app, env });
}

/** Where an ELF says which processor it is for, and what it says. */
const PROCESSOR_AT = 18;
const PROCESSORS: Readonly<Record<number, string>> = { 62: "x86_64", 183: "aarch64" };

/** @throws {Error} for a runtime of Linux that is for another system than the target. */
function checkSystem({ target, denort }: Compiling, runtime: Uint8Array | undefined): void {
  if (target === undefined || runtime === undefined || !isElf(runtime)) return;
  const system = `${PROCESSORS[runtime[PROCESSOR_AT]!]}-unknown-linux-gnu`;
  if (system !== target) throw new Error(`Cannot compile for ${target}: ${denort} is for ${system}`);
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
