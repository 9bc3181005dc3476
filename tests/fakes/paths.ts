import type { Context } from "../../src/core/context.ts";

const isWindows = Deno.build.os === "windows";

/** The system whose real files a test uses; macOS differs from Linux in nothing that the tests of real files look at. */
export function realPlatform(): Context["platform"] {
  return isWindows ? "windows" : "linux";
}

/** The path on a Linux machine of what `node:path` makes of it on Windows, such as `D:\home\user`. */
export function slashed(path: string): string {
  return isWindows ? path.replaceAll("\\", "/").replace(/^[A-Za-z]:(?=\/)/, "") : path;
}

/** Replaces the paths of a fake machine in its output, as {@linkcode slashed} does; backslashes may be those of JSON. */
export function slashedPaths(text: string): string {
  if (!isWindows) return text;
  const part = /\\{1,2}[^\s\\"'`,;:)]+/.source;
  const top = /(?:[A-Za-z]:)?\\{1,2}(?:home|project|tmp|media|runner|agent|venv|shop|p|out)\b/.source;
  const path = new RegExp(`${top}(?:${part})*|(?:\\b(?:conf|src|data)|\\.vscode)(?:${part})+`, "g");
  return text.replace(path, (found) => slashed(found.replaceAll("\\\\", "\\")));
}

/** The permissions of a file. Windows has no such bits: a file in the user's profile is its owner's alone. */
export function modeOf(path: string): number {
  return isWindows ? 0o600 : Deno.statSync(path).mode! & 0o777;
}

/** Creates a map of Linux paths that also accepts the same paths as Windows writes them. */
export function pathMap<Value>(): Map<string, Value> {
  return isWindows ? new SlashedMap() : new Map();
}

class SlashedMap<Value> extends Map<string, Value> {
  override get(path: string) {
    return super.get(slashed(path));
  }
  override has(path: string) {
    return super.has(slashed(path));
  }
  override set(path: string, value: Value) {
    return super.set(slashed(path), value);
  }
  override delete(path: string) {
    return super.delete(slashed(path));
  }
}
