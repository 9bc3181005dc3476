import { outputOf } from "./run_program.ts";

/**
 * Bundles the program into `folder`: `main.js`, and a file for all that is loaded only when a command needs it.
 *
 * @throws {Error} where the bundle would load at every start what it should not.
 */
export async function bundleProgram(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await runBundler(folder, []);
  await renameParts(folder);
  const eager = await loadedAtStart(folder);
  if (eager > MOST_AT_START) {
    throw new Error(
      `The program loads ${eager} bytes at every start, more than ${MOST_AT_START}: import lazily`,
    );
  }
}

/** Bundles `main.ts` and all that it imports, as the program has it. */
export async function runBundler(folder: string, options: readonly string[]): Promise<void> {
  const args = ["--quiet", "--lock=deno.lock", "--frozen", "--minify", "--code-splitting", ...options];
  await outputOf(Deno.execPath(), ["bundle", ...args, "--outdir", folder, "main.ts"]);
}

/**
 * Numbers the parts in the order in which they are mentioned, from `main.js` on. The bundler names them after where the
 * packages lie, and the same commit would give other bytes on another machine.
 */
async function renameParts(folder: string): Promise<void> {
  const texts = new Map<string, string>();
  for (const { name } of Deno.readDirSync(folder)) {
    texts.set(name, await Deno.readTextFile(`${folder}/${name}`));
  }
  const names = new Map([[MAIN, MAIN]]);
  for (const name of names.keys()) {
    for (const [, part] of texts.get(name)!.matchAll(MENTIONED)) {
      if (texts.has(part!) && !names.has(part!)) names.set(part!, `part-${names.size}.js`);
    }
  }
  for (const name of texts.keys()) await Deno.remove(`${folder}/${name}`);
  for (const [name, to] of names) {
    const text = texts.get(name)!.replaceAll(MENTIONED, (all, part) => {
      const renamed = names.get(part);
      return renamed === undefined ? all : `"./${renamed}"`;
    });
    await Deno.writeTextFile(`${folder}/${to}`, text);
  }
}

const MAIN = "main.js";
const MENTIONED = /"\.\/([^"/]+\.js)"/g;

/** How much code is loaded before a command, in bytes: the command line, and no command. */
const MOST_AT_START = 150_000;

/** The size in bytes of `main.js`, the command line that it loads, and all that these import at once. */
async function loadedAtStart(folder: string): Promise<number> {
  const seen = new Set<string>();
  const waiting = [MAIN];
  let bytes = 0;
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const text = await Deno.readTextFile(`${folder}/${name}`);
    bytes += text.length;
    const imports = name === MAIN
      ? /(?:from|import|import\()"\.\/([^"]+\.js)"/g
      : /(?:from|import)"\.\/([^"]+\.js)"/g;
    for (const [, chunk] of text.matchAll(imports)) waiting.push(chunk!);
  }
  return bytes;
}
