import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip.js/zip.js";
import { version as pyodide } from "pyodide";
import { outputOf } from "./run_program.ts";

/** One thing that somebody else made and the executable holds. */
export interface Component {
  readonly name: string;
  readonly version: string;
  /** Its package URL, such as `pkg:npm/zod@4.6.7`. */
  readonly purl: string;
  /** The licence's name as its package says it; "see its text" where it says none. */
  readonly licence: string;
  /** The texts of licences and notices that its package has. */
  readonly texts: readonly string[];
}

/**
 * Lists all that is embedded: the runtime, the interpreter, the npm packages of `deno.lock`, and the wheels.
 *
 * @throws {Error} for a package that was not fetched, or has neither a licence nor a text of one.
 */
export async function components(wheels: string): Promise<readonly Component[]> {
  const found = [...await runtimes(), ...await npmPackages(), ...await wheelPackages(wheels)];
  const without = found.filter(({ licence, texts }) => texts.length === 0 && licence === UNTOLD);
  if (without.length > 0) {
    throw new Error(`No licence is known of ${without.map(({ name }) => name).join(", ")}`);
  }
  return found.toSorted((a, b) => a.purl < b.purl ? -1 : 1);
}

const UNTOLD = "see its text";
const TEXT = /(^|\/)(licen[cs]e|copying|notice)[^/]*$/i;

/** What comes as a program, whose package holds no text: where the texts lie is told instead. */
async function runtimes(): Promise<readonly Component[]> {
  const python = (await interpreterLock()).info.python;
  const { deno, v8 } = Deno.version;
  const of = (name: string, version: string, licence: string, where: string): Component => ({
    name,
    version,
    purl: `pkg:generic/${name.toLowerCase()}@${version}`,
    licence,
    texts: [`Licence, source and notices of what it contains: ${where}`],
  });
  return [
    of("Deno", deno, "MIT", `https://github.com/denoland/deno/tree/v${deno}`),
    of("V8", v8, "BSD-3-Clause", "https://chromium.googlesource.com/v8/v8/+/HEAD/LICENSE"),
    of("CPython", python, "PSF-2.0", `https://github.com/python/cpython/tree/v${python}`),
    of("Pyodide", pyodide, "MPL-2.0", `https://github.com/pyodide/pyodide/tree/${pyodide}`),
  ];
}

async function interpreterLock(): Promise<{ readonly info: { readonly python: string } }> {
  return JSON.parse(await Deno.readTextFile(new URL(import.meta.resolve("pyodide/pyodide-lock.json"))));
}

async function npmPackages(): Promise<readonly Component[]> {
  const { npm } = JSON.parse(await Deno.readTextFile("deno.lock")) as { npm: Record<string, unknown> };
  const { npmCache } = JSON.parse(await outputOf(Deno.execPath(), ["info", "--json"])) as {
    npmCache: string;
  };
  const [registry] = [...Deno.readDirSync(npmCache)].filter(({ isDirectory }) => isDirectory);
  if (registry === undefined) throw new Error("No package is there: run `deno task setup`");
  const found: Component[] = [];
  for (const key of Object.keys(npm)) {
    const [, name, version] = key.match(/^(@?[^@]+)@([^_]+)/)!;
    if (name!.startsWith("@types/")) continue;
    const folder = `${npmCache}/${registry.name}/${name}/${version}`;
    const { license } = JSON.parse(await Deno.readTextFile(`${folder}/package.json`)) as { license?: string };
    const files = [...Deno.readDirSync(folder)].filter(({ name, isFile }) => isFile && TEXT.test(name));
    const texts = files.map(({ name }) => name).sort().map((file) =>
      Deno.readTextFileSync(`${folder}/${file}`)
    );
    const purl = `pkg:npm/${name!.replace("@", "%40")}@${version}`;
    found.push({ name: name!, version: version!, purl, licence: license ?? UNTOLD, texts });
  }
  return found;
}

async function wheelPackages(folder: string): Promise<readonly Component[]> {
  const wheels = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
    name.endsWith(".whl")
  );
  return await Promise.all(wheels.sort().map((file) => wheelPackage(`${folder}/${file}`)));
}

async function wheelPackage(path: string): Promise<Component> {
  const reader = new ZipReader(new Uint8ArrayReader(await Deno.readFile(path)));
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
  const licence = field("License-Expression") ?? classifier ?? field("License") ?? UNTOLD;
  return {
    name,
    version,
    purl: `pkg:pypi/${name.toLowerCase().replaceAll("_", "-")}@${version}`,
    licence,
    texts,
  };
}
