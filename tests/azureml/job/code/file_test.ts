import { deepEqual, equal, rejects } from "node:assert/strict";
import { crc32 } from "node:zlib";
import { defaultExclusions } from "../../../../src/azureml/job/code/exclusions.ts";
import type { UserError } from "../../../../src/core/errors.ts";
import { type CodeFileFs, readCodeFile, unreadableCode } from "../../../../src/azureml/job/code/file.ts";

const MIB = 1024 * 1024;

/** Reads a file that was selected with a size; returns the sizes of what is read, and how it was read. */
async function read(content: Uint8Array<ArrayBuffer>, sizeBytes: number, checksum?: number) {
  const ways: string[] = [];
  const fs: CodeFileFs = {
    async readBytes() {
      ways.push("at once");
      return content;
    },
    async *readChunks() {
      ways.push("in chunks");
      for (let at = 0; at < content.length; at += MIB) yield content.slice(at, at + MIB);
    },
  };
  const file = { path: "/p/a", name: "a", sizeBytes, ...(checksum !== undefined && { checksum }) };
  const parts = await Array.fromAsync(readCodeFile(fs, file));
  return { ways, parts: parts.map(({ length }) => length) };
}

const bytes = (length: number) => new Uint8Array(length).fill(1);

Deno.test("readCodeFile() reads a large file in chunks", async () => {
  deepEqual(await read(bytes(MIB), MIB), { ways: ["at once"], parts: [MIB] });
  deepEqual(await read(bytes(MIB + 1), MIB + 1), { ways: ["in chunks"], parts: [MIB, 1] });
});

for (
  const [what, content, sizeBytes, checksum] of [
    ["is shorter", 4, 5, undefined],
    ["is longer and has no checksum", 6, 5, undefined],
    ["has other content", 5, 5, crc32(new Uint8Array(5))],
    ["is shorter than when it was hashed", 4, 5, crc32(bytes(4))],
  ] as const
) {
  Deno.test(`readCodeFile() fails if the file ${what}`, async () =>
    await rejects(read(bytes(content), sizeBytes, checksum), {
      code: "code.changed",
      message: '"a" changed while the code was being uploaded',
      hint: "Wait until nothing writes to it, or add it to .amlignore, and run the command again",
      data: { file: "a" },
    }));
}

const READABLE = 'Make "a.py" readable, or add it to .amlignore';
for (
  const [name, thrown, reason, hint] of [
    ["a.py", new Deno.errors.PermissionDenied(), "permission denied", READABLE],
    ["a.py", new Deno.errors.NotFound(), "it no longer exists", READABLE],
    ["b\ufffd", new Deno.errors.NotFound(), "its name is not valid UTF-8", "Rename it"],
  ] as const
) {
  Deno.test(`unreadableCode() gives the reason "${reason}"`, () => {
    const { code, message, hint: shown } = unreadableCode(name, thrown) as UserError;
    deepEqual([code, message, shown], [
      "code.unreadable",
      `Cannot read code file "${name}": ${reason}`,
      hint,
    ]);
  });
}

for (
  const [path, kind, reason] of [
    ["a/.venv", "folder", "virtual environment"],
    ["a/.venv", "file", undefined],
    [".github", "folder", "CI workflows"],
    ["__pycache__", "folder", "cache"],
    [".git", "folder", "version control"],
    ["a/.GIT", "folder", "version control"],
    [".git", "file", "version control"],
    ["conf/base/credentials.yml", "file", undefined],
  ] as const
) {
  Deno.test(`defaultExclusions() ${reason ? `excludes the ${kind} ${path} as ${reason}` : `keeps the ${kind} ${path}`}`, () =>
    equal(defaultExclusions({ path, kind })?.reason, reason));
}
