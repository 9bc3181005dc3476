import { deepEqual, rejects } from "node:assert/strict";
import { readFile } from "../../src/config/conf_files.ts";
import { toPlain } from "../../src/config/omegaconf/node.ts";
import { fakeContext } from "../fakes/context.ts";

const FILE = { path: "/p/conf/a.yml", name: "conf/a.yml" };
const read = async (content: string | Uint8Array<ArrayBuffer>) =>
  toPlain(await readFile(fakeContext({ files: { [FILE.path]: content } }), FILE));

for (
  const [what, text, values] of [
    ["nothing", "", {}],
    ["only a comment", "# later\n", {}],
    ["null", "null\n", {}],
    ["one word as its key", "alpha\n", { alpha: null }],
    ["a mapping after a byte order mark", "\ufeffalpha: 1\n", { alpha: 1 }],
  ] as const
) {
  Deno.test(`readFile() accepts a file with ${what}`, async () => deepEqual(await read(text), values));
}

for (
  const [text, name, what] of [
    ["- a\n", "a list", "a list"],
    ["5\n", "only a number", "a single value"],
    ["true\n", "only a boolean", "a single value"],
  ] as const
) {
  Deno.test(`readFile() rejects a file with ${name}`, async () => {
    await rejects(read(text), {
      code: "config.not_a_mapping",
      message: `Cannot read "conf/a.yml": it holds ${what} where keys are expected`,
    });
  });
}

Deno.test("readFile() names the line of an invalid byte", async () => {
  const bytes = (...parts: readonly number[]) => new Uint8Array(parts);
  const at = (line: number, column: number) => ({
    code: "config.not_utf8",
    place: { file: "conf/a.yml", line, column },
  });
  await rejects(read(bytes(0xfc)), at(1, 1));
  await rejects(read(bytes(0x61, 0x0a, 0x62, 0xfc)), at(2, 2));
  await rejects(read(bytes(0xef, 0xbb, 0xbf, 0xfc)), at(1, 2));
});

Deno.test("readFile() rejects an unreadable file", async () => {
  const ctx = fakeContext({ files: { [FILE.path]: "a: 1\n" } });
  const failing = (thrown: Error) => ({ fs: { ...ctx.fs, readBytes: () => Promise.reject(thrown) } });
  await rejects(readFile(failing(new Deno.errors.PermissionDenied()), FILE), {
    code: "config.unreadable",
    message: 'Cannot read "conf/a.yml": permission denied',
    hint: "Run `chmod u+r conf/a.yml`",
    place: { file: "conf/a.yml" },
  });
  await rejects(readFile(failing(new RangeError("odd")), FILE), RangeError);
  await rejects(read("#".repeat(2 * 1024 * 1024 + 1)), { code: "file.too_large" });
});
