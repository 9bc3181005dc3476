/** What is bundled for a browser or for the sandbox. Imports nothing from a registry: it runs before packages are fetched. */

import { outputOf } from "./run_program.ts";

export const ROOT = new URL("../../", import.meta.url);

/** The text of a bundle of `entry`, which is below the checkout. @throws {Error} with what the bundler said. */
export async function browserBundle(
  entry: string,
  folder: URL,
  options: readonly string[],
): Promise<string> {
  const beside = pathOf(new URL(`.new-${entry.replaceAll("/", "-")}.js`, folder));
  const args = ["bundle", "--quiet", "--minify", "--platform", "browser", ...options];
  await outputOf(Deno.execPath(), [...args, "--output", beside, entry], { cwd: pathOf(ROOT) });
  const text = await Deno.readTextFile(beside);
  await Deno.remove(beside);
  return text;
}

/** One hash of Deno's version, of texts, and of files below the checkout. */
export async function fingerprint(texts: readonly string[], files: readonly string[]): Promise<string> {
  const parts = [JSON.stringify(Deno.version), ...texts];
  const all = [...files, "scripts/shared/bundle.ts"].sort();
  for (const file of all) parts.push(file, await Deno.readTextFile(new URL(file, ROOT)));
  return await sha256(new TextEncoder().encode(parts.join("\0")));
}

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** The files of a folder below the checkout. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(new URL(folder, ROOT)));
  return entries.filter(({ isFile }) => isFile).map(({ name }) => folder + name);
}

export function pathOf(url: URL): string {
  return decodeURIComponent(url.pathname).replace(/^\/([A-Za-z]:)/, "$1");
}
