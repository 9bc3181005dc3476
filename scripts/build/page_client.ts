/**
 * Bundles the page's browser code, `src/page/client/`, into `.cache/page/client.js`. Does nothing when all inputs
 * are the same. Imports nothing from a registry: it runs before packages are fetched.
 */

const ROOT = new URL("../../", import.meta.url);
const MAIN = new URL("src/page/client/main.tsx", ROOT);
/** The folders that the bundle is made of. */
const FOLDERS = ["src/page/", "src/page/client/", "src/page/widgets/", "src/core/"];
const FOLDER = new URL(".cache/page/", ROOT);
const STAMP = new URL("stamp", FOLDER);

/** Maximum size of the bundle in bytes: every report contains it. */
const MOST_BYTES = 160_000;

/** Whether the bundle is that of the sources as they are now. */
export async function isPageClientFresh(): Promise<boolean> {
  return await Deno.readTextFile(STAMP).catch(() => "") === await fingerprint();
}

/** Bundles the client where an input has changed. @throws {Error} with what the bundler said. */
export async function bundlePageClient(): Promise<void> {
  if (await isPageClientFresh()) return;
  await Deno.mkdir(FOLDER, { recursive: true });
  const beside = new URL(".new-client.js", FOLDER);
  const args = ["--quiet", "--lock=deno.lock", "--frozen", "--minify", "--platform", "browser"];
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", ...args, "--output", path(beside), path(MAIN)],
    cwd: path(ROOT),
    stdout: "null",
    stderr: "piped",
  }).output();
  if (code !== 0) throw new Error(`Cannot bundle the page: ${new TextDecoder().decode(stderr)}`);
  const text = await Deno.readTextFile(beside);
  if (/<\/script|<!--/i.test(text)) throw new Error("The page's script would end its own element");
  if (text.length > MOST_BYTES) {
    throw new Error(`The page's script has ${text.length} bytes, over ${MOST_BYTES}`);
  }
  await Deno.rename(beside, new URL("client.js", FOLDER));
  await Deno.writeTextFile(STAMP, await fingerprint());
}

async function fingerprint(): Promise<string> {
  const files = ["scripts/build/page_client.ts", "import_map.json"];
  for (const folder of FOLDERS) {
    for await (const { name, isFile } of Deno.readDir(new URL(folder, ROOT))) {
      if (isFile) files.push(folder + name);
    }
  }
  const parts: string[] = [Deno.version.deno];
  for (const file of files.sort()) parts.push(file, await Deno.readTextFile(new URL(file, ROOT)));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(parts.join("\0")));
  return new Uint8Array(digest).toHex();
}

function path(url: URL): string {
  return decodeURIComponent(url.pathname).replace(/^\/([A-Za-z]:)/, "$1");
}

if (import.meta.main) {
  try {
    await bundlePageClient();
  } catch (thrown) {
    Deno.stderr.writeSync(new TextEncoder().encode(`error: ${(thrown as Error).message}\n`));
    Deno.exit(1);
  }
}
