/**
 * The little of the system that the reader's process needs, taken before `isolate.ts` takes `Deno` away: code elsewhere
 * in the process, and whatever a project's code may get hold of, reaches none of it.
 */

import { type ImageIndex, type ImagePart, readPart, readPartInto } from "./packed_image.ts";
import type { Image } from "./image.ts";

const { stdin, stdout, permissions, dlopen, UnsafePointer, build, exit } = Deno;

/** The system and its processor, such as `linux` and `x86_64`. */
export const system: { readonly os: string; readonly arch: string } = { os: build.os, arch: build.arch };

/** Reads all of `bytes` from standard input; false where the input has ended. */
export function readInput(bytes: Uint8Array): boolean {
  for (let rest = bytes; rest.length > 0;) {
    const count = stdin.readSync(rest);
    if (count === null) return false;
    rest = rest.subarray(count);
  }
  return true;
}

/** Writes all of `bytes` to standard output. */
export function writeOutput(bytes: Uint8Array): void {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(stdout.writeSync(rest));
}

/** Ends the process. */
export function end(): never {
  return exit(0);
}

const PERMISSIONS = ["read", "write", "net", "env", "sys", "run", "ffi"] as const;

/** Gives every permission back; there is no way to get one again. */
export function dropPermissions(): void {
  for (const name of PERMISSIONS) {
    if (permissions.revokeSync({ name }).state === "granted") throw new Error(`Cannot give up "${name}"`);
  }
}

/** Calls the kernel; numbers in, number out, and `buffers` as the places of their first bytes. */
export type SystemCall = (number: number, ...args: readonly (number | Uint8Array<ArrayBuffer>)[]) => number;

/** The way to the kernel of Linux; `undefined` where the C library is another than glibc. */
export function systemCalls(): SystemCall | undefined {
  const long = "i64" as const;
  try {
    const library = dlopen("libc.so.6", {
      syscall: { parameters: [long, long, long, long, long, long, long], result: long },
    });
    const place = (value: number | Uint8Array<ArrayBuffer>) =>
      typeof value === "number" ? BigInt(value) : UnsafePointer.value(UnsafePointer.of(value));
    return (number, ...args) => {
      const [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n] = args.map(place);
      return Number(library.symbols.syscall(BigInt(number), a, b, c, d, e, 0n));
    };
  } catch {
    return undefined;
  }
}

/** Where a buffer lies in memory. */
export function addressOf(bytes: Uint8Array<ArrayBuffer>): bigint {
  return UnsafePointer.value(UnsafePointer.of(bytes));
}

/**
 * The image, read while there still is a permission to read. Its index lies beside this code, and its parts in a file
 * beside that or in the executable; where an argument names the folder of a checkout, they are files in there. (An
 * executable must look by itself: where its embedded files seem to lie depends on its environment.)
 */
export const image: Required<Image> = readImage(
  new URL(Deno.build.standalone ? "image.json" : Deno.args.at(-1)!, import.meta.url),
);

function readImage(place: URL): Required<Image> {
  const isFolder = place.href.endsWith("/");
  const index: ImageIndex = isFolder ? { parts: {} } : JSON.parse(Deno.readTextFileSync(place));
  const file = index.file === undefined ? Deno.execPath() : new URL(index.file, place);
  const part = (name: string) =>
    isFolder ? Deno.readFileSync(new URL(name, place)) : readPart(file, index.parts[name]!);
  const [path, snapshot] = isFolder
    ? wholeFile(new URL("kedro.snapshot", place))
    : [file, index.parts["kedro.snapshot"]!];
  return {
    snapshot: {
      sizeBytes: snapshot.length,
      read: (from, into) => readPartInto(path, snapshot, { from, into }),
    },
    wasm: part("pyodide.wasm"),
    stdlib: part("python_stdlib.zip"),
    site: part("site.zip"),
    lock: new TextDecoder().decode(part("pyodide-lock.json")),
  };
}

function wholeFile(path: URL): [URL, ImagePart] {
  const { size: length } = Deno.statSync(path);
  return [path, { length, stretches: [{ at: 0, offset: 0, length }] }];
}
