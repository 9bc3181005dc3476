import { deepStrictEqual as assertEquals, strictEqual } from "node:assert/strict";
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
