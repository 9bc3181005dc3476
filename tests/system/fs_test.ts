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

Deno.test("writeText() replaces a file completely and leaves no other file", () =>
  inFolder(async (folder) => {
    await systemFs.writeText(`${folder}/new/a.yml`, "long text\n");
    await systemFs.writeText(`${folder}/new/a.yml`, "short\n");
    strictEqual(await systemFs.readText(`${folder}/new/a.yml`), "short\n");
    assertEquals(Array.from(Deno.readDirSync(`${folder}/new`), ({ name }) => name), ["a.yml"]);
  }));

Deno.test({
  name: "writeText() writes to the target of a link and keeps the link",
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
  name: "writeText() writes into a pipe without replacing it",
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
  name: "stat() and realPath() return undefined for a circular link",
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

Deno.test("writeChunks() leaves no file if a chunk fails", () =>
  inFolder(async (folder) => {
    async function* pieces() {
      yield new TextEncoder().encode("half");
      throw new Error("no more");
    }
    await rejects(systemFs.writeChunks(`${folder}/a.kap`, pieces()), /no more/);
    assertEquals(Array.from(Deno.readDirSync(folder)), []);
  }));

Deno.test("readRange() returns the available part of a range", () =>
  inFolder(async (folder) => {
    await systemFs.writeText(`${folder}/a.txt`, "0123456789");
    const text = async (start: number, length: number) =>
      new TextDecoder().decode(await systemFs.readRange(`${folder}/a.txt`, start, length));
    assertEquals([await text(2, 3), await text(8, 5), await text(20, 5)], ["234", "89", ""]);
  }));

Deno.test({
  name: "walk() distinguishes a pipe from a file",
  ignore: WINDOWS,
  fn: () =>
    inFolder(async (folder) => {
      await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
      await systemFs.writeText(`${folder}/a.txt`, "");
      const found = await Array.fromAsync(systemFs.walk(folder, () => true));
      assertEquals(found.map(({ kind }) => kind), ["file", "other"]);
    }),
});

/** Creates a project with links that lead out of it, and one that does not. */
async function inLinkedProject(fn: (project: string, outside: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const [project, outside] = [`${folder}/project`, `${folder}/outside`];
    await Deno.mkdir(`${project}/sub`, { recursive: true });
    await Deno.mkdir(outside);
    await Deno.writeTextFile(`${project}/pyproject.toml`, "");
    await Deno.writeTextFile(`${outside}/.bashrc`, "mine\n");
    await Deno.symlink("../outside/.bashrc", `${project}/pipeline.yaml`);
    await Deno.symlink("../outside/new", `${project}/new.yaml`);
    await Deno.symlink("../outside", `${project}/out`);
    await Deno.symlink("out", `${project}/sub/again`);
    await Deno.symlink("sub", `${project}/own`);
    await fn(project, outside);
  });
}

for (const name of ["pipeline.yaml", "out/.bashrc", "out/made.yaml", "out/a/b.yaml", "new.yaml"]) {
  Deno.test({
    name: `writeText() does not write through link ${name} out of a project`,
    ignore: WINDOWS,
    fn: () =>
      inLinkedProject(async (project, outside) => {
        const path = `${project}/${name}`;
        const refused = { code: "file.link_outside" };
        await rejects(systemFs.writeText(path, "theirs"), refused);
        await rejects(systemFs.writeText(path, "theirs", { createNew: true }), refused);
        await rejects(systemFs.append(path, "theirs"), refused);
        await Deno.writeTextFile(`${project}/made`, "theirs");
        await rejects(systemFs.rename(`${project}/made`, path), refused);
        assertEquals([...Deno.readDirSync(outside)].map(({ name }) => name), [".bashrc"]);
        strictEqual(await Deno.readTextFile(`${outside}/.bashrc`), "mine\n");
      }),
  });
}

Deno.test({
  name: "writeText() writes through links inside a project and outside of any project",
  ignore: WINDOWS,
  fn: () =>
    inLinkedProject(async (project, outside) => {
      await systemFs.writeText(`${project}/own/made.yaml`, "a");
      strictEqual(await Deno.readTextFile(`${project}/sub/made.yaml`), "a");
      await Deno.remove(`${project}/pyproject.toml`);
      await systemFs.writeText(`${project}/pipeline.yaml`, "a");
      strictEqual(await Deno.readTextFile(`${outside}/.bashrc`), "a");
    }),
});
