import { outputOf } from "../shared/run_program.ts";

/**
 * Bundles the program into `folder`: `main.js`, and a file for all that is loaded only when a command needs it.
 *
 * @throws {Error} where the bundle would load at every start what it should not.
 */
export async function bundleProgram(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await runBundler(folder, []);
  await renameParts(folder);
  const first = await loadedAtStart(folder, { further: false });
  if (first.some((text) => /from ?"node:/.test(text))) {
    throw new Error("The program loads a module of Node's before it knows what is asked: import lazily");
  }
  const eager = (await loadedAtStart(folder, { further: true })).reduce((sum, text) => sum + text.length, 0);
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
    const text = withLateRequire(texts.get(name)!).replaceAll(MENTIONED, (all, part) => {
      const renamed = names.get(part);
      return renamed === undefined ? all : `"./${renamed}"`;
    });
    await Deno.writeTextFile(`${folder}/${to}`, text);
  }
}

/**
 * Loads `node:module` when a CommonJS package first asks for something of Node's: the bundler's helper does so at every
 * start, which takes Deno 2.9 longer than all else that `--version` does.
 */
function withLateRequire(text: string): string {
  return text.replace(
    REQUIRE_AT_ONCE,
    (_, __, name) =>
      `var $require;var ${name}=(id)=>($require??=process.getBuiltinModule("node:module")` +
      `.createRequire(import.meta.url))(id);`,
  ).replaceAll(
    SELDOM_USED,
    (_, name, module) =>
      `var ${name}=new Proxy({},{get:(_,key)=>process.getBuiltinModule("${module}")[key]});`,
  );
}

/** What packages import for what commands seldom do: commander, to run commands that are programs of their own. */
const SELDOM_USED = /import ([\w$]+) ?from ?"(node:(?:child_process|fs))";/g;

const REQUIRE_AT_ONCE =
  /import\{createRequire as (\w+)\} ?from ?"node:module";var (\w+)=\1\(import\.meta\.url\);/;

const MAIN = "main.js";
const MENTIONED = /"\.\/([^"/]+\.js)"/g;

/** How much code is loaded before a command, in bytes: the command line, and no command. */
const MOST_AT_START = 137_000;

/** The texts of `main.js`, of the command line that it loads where `further`, and of all that these import at once. */
async function loadedAtStart(folder: string, { further }: { further: boolean }): Promise<readonly string[]> {
  const texts = new Map<string, string>();
  const waiting = [MAIN];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (texts.has(name)) continue;
    const text = await Deno.readTextFile(`${folder}/${name}`);
    texts.set(name, text);
    const imports = name === MAIN && further ? AT_ONCE_OR_LATER : AT_ONCE;
    for (const [, chunk] of text.matchAll(imports)) waiting.push(chunk!);
  }
  return [...texts.values()];
}

const AT_ONCE = /(?:from|import)"\.\/([^"]+\.js)"/g;
const AT_ONCE_OR_LATER = /(?:from|import|import\()"\.\/([^"]+\.js)"/g;
