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
