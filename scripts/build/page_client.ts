/**
 * Bundles the page's browser code, `src/page/client/`, into `.cache/page/client.js`. Does nothing when all inputs
 * are the same. Imports nothing from a registry: it runs before packages are fetched.
 */

import { browserBundle, filesIn, fingerprint, ROOT } from "../shared/bundle.ts";
import { orExit } from "../shared/run_program.ts";

/** The folders that the bundle is made of. */
const FOLDERS = ["src/page/", "src/page/client/", "src/page/widgets/", "src/core/"];
const FOLDER = new URL(".cache/page/", ROOT);
const STAMP = new URL("stamp", FOLDER);

/** Maximum size of the bundle in bytes: every report contains it. */
const MOST_BYTES = 160_000;

/** Whether the bundle is that of the sources as they are now. */
export async function isPageClientFresh(): Promise<boolean> {
  return await Deno.readTextFile(STAMP).catch(() => "") === await inputs();
}

/** Bundles the client where an input has changed. @throws {Error} with what the bundler said. */
export async function bundlePageClient(): Promise<void> {
  if (await isPageClientFresh()) return;
  await Deno.mkdir(FOLDER, { recursive: true });
  const text = await browserBundle("src/page/client/main.tsx", FOLDER, ["--lock=deno.lock", "--frozen"]);
  if (/<\/script|<!--/i.test(text)) throw new Error("The page's script would end its own element");
  if (text.length > MOST_BYTES) {
    throw new Error(`The page's script has ${text.length} bytes, over ${MOST_BYTES}`);
  }
  await Deno.writeTextFile(new URL("client.js", FOLDER), text);
  await Deno.writeTextFile(STAMP, await inputs());
}

async function inputs(): Promise<string> {
  const files = ["scripts/build/page_client.ts", "import_map.json"];
  for (const folder of FOLDERS) files.push(...await filesIn(folder));
  return await fingerprint([], files);
}

if (import.meta.main) await orExit(bundlePageClient());
