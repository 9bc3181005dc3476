import { deepStrictEqual as assertEquals, rejects, strictEqual } from "node:assert/strict";
import { systemFs } from "../../src/system/fs.ts";

const WINDOWS = Deno.build.os === "windows";

async function inFolder(fn: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    await fn(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("writeText() replaces a file whole, and leaves nothing beside it", () =>
  inFolder(async (folder) => {
    await systemFs.writeText(`${folder}/new/a.yml`, "long text\n");
    await systemFs.writeText(`${folder}/new/a.yml`, "short\n");
    strictEqual(await systemFs.readText(`${folder}/new/a.yml`), "short\n");
    assertEquals(Array.from(Deno.readDirSync(`${folder}/new`), ({ name }) => name), ["a.yml"]);
  }));

Deno.test({
  name: "writeText() writes where a link leads, and keeps the link",
  ignore: WINDOWS,
  fn: () =>
    inFolder(async (folder) => {
      await systemFs.writeText(`${folder}/real.yml`, "old\n");
      await Deno.symlink("real.yml", `${folder}/link.yml`);
      await systemFs.writeText(`${folder}/link.yml`, "new\n");
      strictEqual((await Deno.lstat(`${folder}/link.yml`)).isSymlink, true);
      strictEqual(await systemFs.readText(`${folder}/real.yml`), "new\n");
    }),
});

Deno.test({
  name: "writeText() writes into a pipe instead of putting a file in its place",
  ignore: WINDOWS,
  fn: () =>
    inFolder(async (folder) => {
      const pipe = `${folder}/pipe`;
      await new Deno.Command("mkfifo", { args: [pipe] }).output();
      const reader = new Deno.Command("cat", { args: [pipe], stdout: "piped" }).spawn();
      await systemFs.writeText(pipe, "through\n");
      strictEqual(new TextDecoder().decode((await reader.output()).stdout), "through\n");
      strictEqual((await Deno.lstat(pipe)).isFifo, true);
    }),
});

Deno.test({
  name: "stat() and realPath() find nothing behind a link that leads to itself",
  ignore: WINDOWS,
  fn: () =>
    inFolder(async (folder) => {
      await Deno.symlink("loop", `${folder}/loop`);
      assertEquals([await systemFs.stat(`${folder}/loop`), await systemFs.realPath(`${folder}/loop`)], [
        undefined,
        undefined,
      ]);
    }),
});

Deno.test("writeChunks() leaves nothing behind where a piece cannot be had", () =>
  inFolder(async (folder) => {
    async function* pieces() {
      yield new TextEncoder().encode("half");
      throw new Error("no more");
    }
    await rejects(systemFs.writeChunks(`${folder}/a.kap`, pieces()), /no more/);
    assertEquals(Array.from(Deno.readDirSync(folder)), []);
  }));

Deno.test("readRange() gives what there is of a part of a file", () =>
  inFolder(async (folder) => {
    await systemFs.writeText(`${folder}/a.txt`, "0123456789");
    const text = async (start: number, length: number) =>
      new TextDecoder().decode(await systemFs.readRange(`${folder}/a.txt`, start, length));
    assertEquals([await text(2, 3), await text(8, 5), await text(20, 5)], ["234", "89", ""]);
  }));

Deno.test({
  name: "walk() tells a pipe from a file",
  ignore: WINDOWS,
  fn: () =>
    inFolder(async (folder) => {
      await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
      await systemFs.writeText(`${folder}/a.txt`, "");
      const found = await Array.fromAsync(systemFs.walk(folder, () => true));
      assertEquals(found.map(({ kind }) => kind), ["file", "other"]);
    }),
});
