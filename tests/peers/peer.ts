import { resolve } from "node:path";

/** The path of a file of an installed peer, such as `azcli/bin/az`. */
export function peerPath(file: string): string {
  return resolve(import.meta.dirname!, "../../.peers", file);
}

/** What follows a test's name where a file of a peer is missing: why it is skipped; else empty. */
export function skippedWithout(file: string): string {
  if (isThere(peerPath(file))) return "";
  const [name] = file.split("/");
  return ` (skipped: no .peers/${name}; \`deno task peers ${name}\` installs it)`;
}

/** Whether there is a file or folder. */
export function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
