/**
 * The few system functions that the reader's process needs, saved before `remove_globals.ts` removes `Deno`. Other code in the
 * process, including the project's, cannot reach them.
 */

import {
  compilePart,
  type Image,
  type ImageIndex,
  type ImagePart,
  type PartFile,
  partOf,
  readPart,
} from "./packed_image.ts";

const { stdin, stdout, dlopen, UnsafePointer, build, exit } = Deno;

export const { permissions } = Deno;

/** Operating system and processor architecture, such as `linux` and `x86_64`. */
export const system: { readonly os: string; readonly arch: string } = { os: build.os, arch: build.arch };

/** Fills `bytes` from standard input; false if the input has ended. */
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

export function end(): never {
  return exit(0);
}

/** Makes a system call: its number and arguments, where a buffer is passed as its address; returns the result. */
type SystemCall = (number: number, ...args: readonly (number | Uint8Array<ArrayBuffer>)[]) => number;

/** A function for Linux system calls; `undefined` if the C library is not glibc. */
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

/** The numbers of the descriptors that are open; without /proc, of those that usually are. */
export function openDescriptors(): readonly number[] {
  try {
    return [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => Number(name));
  } catch {
    return Array.from({ length: 1024 }, (_, descriptor) => descriptor);
  }
}

export function addressOf(bytes: Uint8Array<ArrayBuffer>): bigint {
  return UnsafePointer.value(UnsafePointer.of(bytes));
}

/**
 * The image, read while this process still has permission to. Its index is next to this code, and its parts are in a
 * file next to that or in the executable; if the last argument is a folder of a checkout, the parts are files there. (A
 * compiled program does not use the argument: the paths of its embedded files depend on its environment.)
 */
export const image: Required<Image> = readImage(
  new URL(Deno.build.standalone ? "image.json" : Deno.args.at(-1)!, import.meta.url),
);

function readImage(place: URL): Required<Image> {
  const isFolder = place.href.endsWith("/");
  const index: ImageIndex = isFolder ? { parts: {} } : JSON.parse(Deno.readTextFileSync(place));
  const file = index.file === undefined ? Deno.execPath() : new URL(index.file, place);
  const find = (name: string) =>
    isFolder ? wholeFile(new URL(name, place)) : [file, index.parts[name]!] as const;
  const opened = (name: string): PartFile => {
    const [path, part] = find(name);
    return partOf(Deno.openSync(path), part);
  };
  // First: the rest of this process starts meanwhile.
  const code = compilePart(...find("pyodide.wasm"));
  code.catch(() => {});
  return {
    code,
    snapshot: opened("kedro.snapshot"),
    stdlib: opened("python_stdlib.zip"),
    site: opened("site.zip"),
    lock: new TextDecoder().decode(readPart(...find("pyodide-lock.json"))),
  };
}

function wholeFile(path: URL): [URL, ImagePart] {
  const { size: length } = Deno.statSync(path);
  return [path, { length, stretches: [{ at: 0, offset: 0, length }] }];
}
