import { resolve } from "node:path";

/** Returns the path of a file of an installed peer, such as `azcli/bin/az`. */
export function peerPath(file: string): string {
  return resolve(import.meta.dirname!, "../../.peers", file);
}

/** Returns the suffix of a test's name that says why it is skipped; empty if the file exists. */
export function skippedWithout(file: string): string {
  if (isThere(peerPath(file))) return "";
  const [name] = file.split("/");
  return ` (skipped: no .peers/${name}; \`deno task peers ${name}\` installs it)`;
}

/** Returns whether a file or folder exists. */
export function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Adds a test with a peer, whose clients may keep connections open.
 *
 * @param skipped Why it is not run; empty if it is.
 */
export function peerTest(name: string, skipped: string, fn: (t: Deno.TestContext) => Promise<void>): void {
  const loose = { sanitizeOps: false, sanitizeResources: false };
  Deno.test({ name: name + skipped, ignore: skipped !== "", ...loose, fn });
}
