import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip.js/zip.js";
import { version as pyodide } from "pyodide";
import { runBundler } from "../build/bundle.ts";
import { outputOf } from "../shared/run_program.ts";
// What the runtimes' licenses ask to be kept with their programs. Sources: LICENSE.md of Deno, LICENSE of V8.
import denoLicense from "./licenses/deno.txt" with { type: "text" };
import pyodideLicense from "./licenses/pyodide.txt" with { type: "text" };
import v8License from "./licenses/v8.txt" with { type: "text" };
import { sha256 } from "../shared/bundle.ts";

/** One thing that somebody else made and the executable holds. */
export interface Component {
  readonly name: string;
  readonly version: string;
  /** Its package URL, such as `pkg:npm/zod@4.6.7`. */
  readonly purl: string;
  /** The license's name as its package says it; "see its text" where it says none. */
  readonly license: string;
  /** The texts of licenses and notices that its package has. */
  readonly texts: readonly string[];
}

/**
 * Lists all that is embedded: the runtime, the interpreter, the npm packages that the bundle holds, and the wheels.
 *
 * @throws {Error} for a package that was not fetched, or has neither a license nor a text of one.
 */
export async function components(wheels: string): Promise<readonly Component[]> {
  const python = await wheelPackages(wheels);
  const found = [...await runtimes(python), ...await npmPackages(await bundledPackages()), ...python];
  const without = found.filter(({ license, texts }) => texts.length === 0 && license === UNTOLD);
  if (without.length > 0) {
    throw new Error(`No license is known of ${without.map(({ name }) => name).join(", ")}`);
  }
  return found.toSorted((a, b) => a.purl < b.purl ? -1 : 1);
}

const UNTOLD = "see its text";
const TEXT = /(^|\/)(licen[cs]e|copying|notice)[^/]*$/i;

/** What comes as a program, whose package holds no text of its license: it is told here, and where the notices lie. */
async function runtimes(wheels: readonly Component[]): Promise<readonly Component[]> {
  const lock = await Deno.readTextFile(new URL(import.meta.resolve("pyodide/pyodide-lock.json")));
  const { python }: { readonly python: string } = JSON.parse(lock).info;
  const { deno, v8 } = Deno.version;
  const of = (
    name: string,
    version: string,
    license: string,
    where: string,
    ...texts: string[]
  ): Component => ({
    name,
    version,
    purl: `pkg:generic/${name.toLowerCase()}@${version}`,
    license,
    texts: [`Source, and notices of what it contains: ${where}`, ...texts],
  });
  // The same text: typing_extensions is a part of Python that is released on its own.
  const psf = wheels.find(({ name }) => name === "typing_extensions")?.texts ?? [];
  return [
    of("Deno", deno, "MIT", `https://github.com/denoland/deno/tree/v${deno}`, denoLicense),
    of("V8", v8, "BSD-3-Clause", `https://github.com/v8/v8/tree/${v8.replace(/-.*/, "")}`, v8License),
    of("CPython", python, "PSF-2.0", `https://github.com/python/cpython/tree/v${python}`, ...psf),
    of("Pyodide", pyodide, "MPL-2.0", `https://github.com/pyodide/pyodide/tree/${pyodide}`, pyodideLicense),
  ];
}

/** The npm packages, as `name@version`, of which something is in the bundle: its source maps name every file. */
async function bundledPackages(): Promise<ReadonlySet<string>> {
  const folder = await Deno.makeTempDir({ prefix: "bundled-" });
  try {
    await runBundler(folder, ["--sourcemap=external"]);
    const maps = [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".map"));
    const texts = maps.map(({ name }) => Deno.readTextFileSync(`${folder}/${name}`));
    const sources = texts.flatMap((text) => (JSON.parse(text) as { sources: string[] }).sources);
    const found = sources.flatMap((source) =>
      source.match(/\/npm\/[^/]+\/((?:@[^/]+\/)?[^/]+)\/([^/]+)\//)?.slice(1) ?? []
    );
    return new Set(found.flatMap((name, i) => i % 2 === 0 ? [`${name}@${found[i + 1]}`] : []));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function npmPackages(bundled: ReadonlySet<string>): Promise<readonly Component[]> {
  const info = await outputOf(Deno.execPath(), ["info", "--json", "--lock=deno.lock", "--frozen", "main.ts"]);
  const all: Record<string, { name: string; version: string; localPath: string }> =
    JSON.parse(info).npmPackages;
  return Object.values(all).filter(({ name, version }) => bundled.has(`${name}@${version}`)).map((one) => {
    const { name, version, localPath: folder } = one;
    const { license = UNTOLD } = JSON.parse(Deno.readTextFileSync(`${folder}/package.json`));
    const files = [...Deno.readDirSync(folder)].filter(({ name, isFile }) => isFile && TEXT.test(name));
    const texts = files.map((file) => file.name).sort().map((file) =>
      Deno.readTextFileSync(`${folder}/${file}`)
    );
    return { name, version, purl: `pkg:npm/${name.replace("@", "%40")}@${version}`, license, texts };
  });
}

/** The wheels of a folder that a lock file names; older ones may lie there too. */
async function wheelPackages(folder: string): Promise<readonly Component[]> {
  const locks = [...Deno.readDirSync("scripts/build/locks")].filter(({ name }) => name.endsWith(".lock"));
  const wanted = locks.map(({ name }) => Deno.readTextFileSync(`scripts/build/locks/${name}`)).join("");
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".whl"));
  const found = await Promise.all(
    files.sort().map(async (file) => {
      const bytes = await Deno.readFile(`${folder}/${file}`);
      const hash = await sha256(bytes);
      return wanted.includes(`sha256:${hash}`) ? [await wheelPackage(bytes)] : [];
    }),
  );
  return found.flat();
}

async function wheelPackage(wheel: Uint8Array): Promise<Component> {
  const reader = new ZipReader(new Uint8ArrayReader(wheel));
  const texts: string[] = [];
  let metadata = "";
  for (const entry of await reader.getEntries()) {
    const isMetadata = /^[^/]+\.dist-info\/METADATA$/.test(entry.filename);
    if (
      entry.directory || !isMetadata && !(entry.filename.includes(".dist-info/") && TEXT.test(entry.filename))
    ) {
      continue;
    }
    const text = new TextDecoder().decode(await entry.getData(new Uint8ArrayWriter()));
    if (isMetadata) metadata = text;
    else texts.push(text);
  }
  await reader.close();
  const field = (key: string) => metadata.match(new RegExp(`^${key}: (.+)$`, "m"))?.[1];
  const [name, version] = [field("Name")!, field("Version")!];
  const classifier = metadata.match(/^Classifier: License :: OSI Approved :: (.+)$/m)?.[1];
  const license = field("License-Expression") ?? classifier ?? field("License") ?? UNTOLD;
  return {
    name,
    version,
    purl: `pkg:pypi/${name.toLowerCase().replaceAll("_", "-")}@${version}`,
    license,
    texts,
  };
}
