/**
 * Builds the image of the embedded Kedro below `.cache/kedro/`: the interpreter, Kedro's wheels as one zip, a snapshot
 * of memory in which they are imported, and the sandbox that reads projects. Does nothing when all inputs are the same.
 */

import { version } from "pyodide";
import { fetchWheels } from "./kedro_wheels.ts";
import { slimPyodide } from "./slim_pyodide.ts";
import { withoutCodeOfText } from "./without_code_of_text.ts";
import type { FromImageMaker, ToImageMaker } from "./image_maker.ts";
import { browserBundle, filesIn, fingerprint, pathOf, ROOT } from "../shared/bundle.ts";
import { orExit, say } from "../shared/run_program.ts";

const IMAGE = new URL(".cache/kedro/", ROOT);
const STAMP = new URL("stamp", IMAGE);
/** What each lock file's wheels are packed into: what every Kedro needs, then each Kedro with what only it needs. */
const LOCKS: Readonly<Record<string, URL>> = {
  "": new URL("scripts/build/locks/kedro.lock", ROOT),
  "kedro-1/": new URL("scripts/build/locks/kedro_1.lock", ROOT),
  "kedro-0.19/": new URL("scripts/build/locks/kedro_0_19.lock", ROOT),
  "kedro-0.18/": new URL("scripts/build/locks/kedro_0_18.lock", ROOT),
};

/** The code around the interpreter, and the import map with which the Workers are bundled to have it. */
const GLUE = "pyodide.asm.mjs";
const IMPORT_MAP = "import_map.json";

/** The folder with the reader's Python files. */
const PYTHON = "src/kedro/python/";

/** Seconds that importing Kedro may take, on a machine that is busy. */
const MOST_S = 1200;

if (import.meta.main) await orExit(buildImage());

/** Builds what is missing or old, and says on standard error what it does. */
export async function buildImage(): Promise<void> {
  const wanted = await inputs();
  if (await Deno.readTextFile(STAMP).catch(() => "") === wanted) return;
  const startedAt = performance.now();
  say("Building the embedded Kedro (once)");
  await Deno.mkdir(IMAGE, { recursive: true });
  await Deno.remove(STAMP).catch(() => {});
  const wheels: Record<string, Record<string, Uint8Array<ArrayBuffer>>> = {};
  for (const [folder, lock] of Object.entries(LOCKS)) {
    wheels[folder] = await fetchWheels(lock, new URL(".cache/wheels/", ROOT), say);
  }
  const image = await interpreter();
  await bundle("src/kedro/sandbox/main.ts", "sandbox.js", withoutCodeOfText);
  await bundle("scripts/build/image_maker.ts", "image_maker.js");
  await bundle("tests/fakes/reused_sandbox.ts", "reused_sandbox.js", withoutCodeOfText);
  say("  Importing Kedro and taking a snapshot of memory");
  const { snapshot, site } = await makeSnapshot({ image, wheels, sources: await readerSources() });
  await place("kedro.snapshot", snapshot);
  await place("site.zip", site);
  await place("pyodide.wasm", image.wasm);
  await place("python_stdlib.zip", image.stdlib);
  await place("pyodide-lock.json", new TextEncoder().encode(image.lock));
  await place("stamp", new TextEncoder().encode(wanted));
  say(
    `  Done in ${((performance.now() - startedAt) / 1000).toFixed(1)} s: ${
      snapshot.length >> 20
    } MiB of memory`,
  );
}

/** All that the image depends on, as one hash. */
async function inputs(): Promise<string> {
  const files = [
    "scripts/build/fixed_time.ts",
    "scripts/build/image_maker.ts",
    "scripts/build/kedro_image.ts",
    "scripts/build/kedro_wheels.ts",
    "scripts/build/make_image.py",
    "scripts/build/slim_pyodide.ts",
    "scripts/build/without_code_of_text.ts",
    "tests/fakes/reused_sandbox.ts",
  ];
  for (const folder of ["src/kedro/sandbox/", PYTHON]) files.push(...await filesIn(folder));
  const locks = Object.values(LOCKS).map((file) => Deno.readTextFile(file));
  return await fingerprint([version, ...await Promise.all(locks)], files);
}

/** The source texts of all modules of the reader, by file name. */
async function readerSources(): Promise<Record<string, string>> {
  const files = (await filesIn(PYTHON)).sort()
    .filter((file) => /(?<!\/bootstrap)\.py$/.test(file));
  const named = files.map(async (file) =>
    [file.split("/").at(-1)!, await Deno.readTextFile(new URL(file, ROOT))] as const
  );
  return Object.fromEntries(await Promise.all(named));
}

/** The interpreter's own files, from the npm package that `import_map.json` pins, without what is not needed here. */
async function interpreter(): Promise<ToImageMaker["image"]> {
  const read = async (name: string) => await Deno.readFile(new URL(import.meta.resolve(`pyodide/${name}`)));
  const text = async (name: string) => new TextDecoder().decode(await read(name));
  const whole = { glue: await text("pyodide.asm.mjs"), wasm: await read("pyodide.asm.wasm") };
  const { glue, wasm } = slimPyodide(whole, await text("pyodide.mjs"));
  await place(GLUE, new TextEncoder().encode(glue));
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("import_map.json", ROOT)));
  // "ws" is what Pyodide would open sockets with under Node.
  const here = { ...imports, "pyodide/pyodide.asm.mjs": `./${GLUE}`, "ws": "node:net" };
  await place(IMPORT_MAP, new TextEncoder().encode(JSON.stringify({ imports: here })));
  const lock = JSON.parse(await text("pyodide-lock.json"));
  return {
    wasm,
    stdlib: await read("python_stdlib.zip"),
    lock: JSON.stringify({ ...lock, packages: {} }),
  };
}

async function bundle(entry: string, name: string, change = (text: string) => text): Promise<void> {
  say(`  Bundling ${entry}`);
  const text = await browserBundle(entry, IMAGE, ["--import-map", pathOf(new URL(IMPORT_MAP, IMAGE))]);
  await place(name, new TextEncoder().encode(change(text)));
}

/** In a Worker without any permission, as at run time: what a snapshot remembers of its surroundings is then the same. */
function makeSnapshot(message: ToImageMaker): Promise<Extract<FromImageMaker, { kind: "made" }>> {
  const worker = new Worker(new URL("image_maker.js", IMAGE), {
    type: "module",
    deno: { permissions: "none" },
  });
  return new Promise((resolve, reject) => {
    const tooLong = new Error(`Cannot take the snapshot: it takes longer than ${MOST_S} s`);
    Deno.unrefTimer(setTimeout(() => reject(tooLong), MOST_S * 1000));
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`Cannot take the snapshot: ${event.message}`));
    };
    worker.onmessage = ({ data }: MessageEvent<FromImageMaker>) => {
      worker.terminate();
      if (data.kind === "made") resolve(data);
      else reject(new Error(`Cannot take the snapshot: ${data.reason}`));
    };
    worker.postMessage(message);
  });
}

/** Writes beside and renames, so that nobody ever reads half of it. */
async function place(name: string, bytes: Uint8Array): Promise<void> {
  const beside = new URL(`.new-${name}`, IMAGE);
  await Deno.writeFile(beside, bytes);
  await Deno.rename(beside, new URL(name, IMAGE));
}
