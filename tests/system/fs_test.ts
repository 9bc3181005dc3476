import { deepStrictEqual as assertEquals, rejects, strictEqual } from "node:assert/strict";
import { rows, systemFs } from "../../src/system/fs.ts";
import { onUnix } from "./on_unix.ts";
import { createFolder } from "../fakes/folder.ts";

const WINDOWS = Deno.build.os === "windows";

async function inFolder(fn: (folder: string) => Promise<void>): Promise<void> {
  await using folder = await createFolder();
  await fn(folder.root);
}

onUnix("writeText() writes to the target of a link", () =>
  inFolder(async (folder) => {
    await systemFs.writeText(`${folder}/real.yml`, "old\n");
    await Deno.symlink("real.yml", `${folder}/link.yml`);
    await systemFs.writeText(`${folder}/link.yml`, "new\n");
    strictEqual((await Deno.lstat(`${folder}/link.yml`)).isSymlink, true);
    strictEqual(await systemFs.readText(`${folder}/real.yml`), "new\n");
  }));

onUnix("writeText() writes into a pipe", () =>
  inFolder(async (folder) => {
    const pipe = `${folder}/pipe`;
    await new Deno.Command("mkfifo", { args: [pipe] }).output();
    const reader = new Deno.Command("cat", { args: [pipe], stdout: "piped" }).spawn();
    await systemFs.writeText(pipe, "through\n");
    strictEqual(new TextDecoder().decode((await reader.output()).stdout), "through\n");
    strictEqual((await Deno.lstat(pipe)).isFifo, true);
  }));

Deno.test("writeChunks() leaves no partial file", () =>
  inFolder(async (folder) => {
    async function* pieces() {
      yield new TextEncoder().encode("half");
      throw new Error("no more");
    }
    await rejects(systemFs.writeChunks(`${folder}/a.kap`, pieces()), /no more/);
    await rejects(systemFs.writeChunks(`${folder}/a.kap`, pieces(), { createNew: true }), /no more/);
    assertEquals(Array.from(Deno.readDirSync(folder)), []);
  }));

Deno.test("readRange() returns fewer bytes at the end of a file", () =>
  inFolder(async (folder) => {
    await systemFs.writeText(`${folder}/a.txt`, "0123456789");
    const text = async (start: number, length: number) =>
      new TextDecoder().decode(await systemFs.readRange(`${folder}/a.txt`, start, length));
    assertEquals([await text(2, 3), await text(8, 5), await text(20, 5)], ["234", "89", ""]);
  }));

onUnix("walk() returns the kind of a pipe", () =>
  inFolder(async (folder) => {
    await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
    await systemFs.writeText(`${folder}/a.txt`, "");
    const found = await Array.fromAsync(systemFs.walk(folder, () => true));
    assertEquals(found.map(({ kind }) => kind), ["file", "other"]);
  }));

onUnix("walk() does not follow links", () =>
  inFolder(async (folder) => {
    for (const name of ["c.txt", "b/2.txt", "b/1.txt", "skipped/x.txt"]) {
      await systemFs.writeText(`${folder}/${name}`, "");
    }
    await Deno.symlink("b", `${folder}/a`);
    const found = systemFs.walk(folder, (path) => !path.endsWith("skipped"));
    assertEquals(
      (await Array.fromAsync(found)).map(({ path, kind }) => [path.slice(folder.length), kind]),
      [["/a", "link"], ["/b", "folder"], ["/b/1.txt", "file"], ["/b/2.txt", "file"], ["/c.txt", "file"]],
    );
  }));

Deno.test("writeText() with createNew keeps an existing file", () =>
  inFolder(async (folder) => {
    await systemFs.writeText(`${folder}/a.txt`, "one", { createNew: true });
    await rejects(
      systemFs.writeText(`${folder}/a.txt`, "two", { createNew: true }),
      Deno.errors.AlreadyExists,
    );
    strictEqual(await systemFs.readText(`${folder}/a.txt`), "one");
  }));

Deno.test("stat() returns the same id for hard links", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.txt`, "four");
    await Deno.utime(`${folder}/a.txt`, 1_700_000_000, 1_700_000_000);
    await Deno.link(`${folder}/a.txt`, `${folder}/same.txt`);
    await Deno.writeTextFile(`${folder}/other.txt`, "four");
    const [file, same, other] = await Promise.all(
      ["a.txt", "same.txt", "other.txt"].map((name) => systemFs.stat(`${folder}/${name}`)),
    );
    assertEquals([file!.kind, file!.sizeBytes, file!.modifiedAt], ["file", 4, new Date(1_700_000_000_000)]);
    assertEquals([same!.id === file!.id, other!.id === file!.id], [true, false]);
    strictEqual((await systemFs.stat(folder))!.kind, "folder");
    strictEqual(await systemFs.stat(`${folder}/a.txt/below`), undefined);
  }));

onUnix("stat() reports whether other users can change a file", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.txt`;
    await Deno.writeTextFile(path, "");
    for (
      const [mode, expected] of [[0o644, false], [0o600, false], [0o664, true], [0o646, true]] as const
    ) {
      await Deno.chmod(path, mode);
      strictEqual((await systemFs.stat(path))!.writableByOthers, expected, mode.toString(8));
    }
    strictEqual((await systemFs.stat("/dev/null"))!.kind, "other");
    strictEqual((await systemFs.stat("/etc"))!.writableByOthers, false, "it is root's");
  }));

Deno.test("stat() reports another user's file as foreign and writable by others", {
  ignore: WINDOWS || Deno.uid() !== 0,
}, () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.txt`, "", { mode: 0o600 });
    await Deno.chown(`${folder}/a.txt`, 12_345, null);
    const { isForeign, writableByOthers } = (await systemFs.stat(`${folder}/a.txt`))!;
    assertEquals([isForeign, writableByOthers], [true, true]);
    await Deno.writeTextFile(`${folder}/own.txt`, "", { mode: 0o600 });
    await Deno.symlink("own.txt", `${folder}/link`);
    strictEqual((await systemFs.stat(`${folder}/link`))!.writableByOthers, false);
    await new Deno.Command("chown", { args: ["-h", "12345", `${folder}/link`] }).output();
    strictEqual((await systemFs.stat(`${folder}/link`))!.writableByOthers, true);
  }));

Deno.test("rows() reads an SQLite file that is open elsewhere", () =>
  inFolder(async (folder) => {
    const { DatabaseSync } = await import("node:sqlite");
    const database = new DatabaseSync(`${folder}/a.db`);
    database.exec("create table runs (name text, number int); insert into runs values ('a', 1), ('b', 2)");
    const found = await rows(`${folder}/a.db`, "select name from runs where number > ?", [1]);
    assertEquals(found.map(({ name }) => name), ["b"]);
    await rejects(rows(`${folder}/a.db`, "delete from runs"), /readonly database/);
    database.close();
    await rejects(rows(`${folder}/none.db`, "select 1"), /unable to open/);
  }));

Deno.test("rows() waits until another process has written", () =>
  inFolder(async (folder) => {
    const script = `const { DatabaseSync } = await import("node:sqlite");
      const database = new DatabaseSync(Deno.args[0]);
      database.exec("create table runs (name text); begin exclusive; insert into runs values ('a')");
      console.log("locked");
      setTimeout(() => database.exec("commit"), 200);`;
    const args = ["eval", script, `${folder}/a.db`];
    const writer = new Deno.Command(Deno.execPath(), { args, stdout: "piped" }).spawn();
    const lines = writer.stdout.getReader();
    strictEqual(new TextDecoder().decode((await lines.read()).value), "locked\n");
    const found = await rows(`${folder}/a.db`, "select name from runs");
    assertEquals(found.map(({ name }) => name), ["a"]);
    await lines.cancel();
    strictEqual((await writer.status).code, 0);
  }));

onUnix("redirects() returns the file that stdout is redirected to", () =>
  inFolder(async (folder) => {
    const module = new URL("../../src/system/fs.ts", import.meta.url).href;
    const script = `const { systemFs } = await import(${JSON.stringify(module)});
      console.error(JSON.stringify([...await systemFs.redirects()]));`;
    const { stderr } = await new Deno.Command("sh", {
      args: ["-c", '"$0" eval --no-check --no-lock "$1" > out.txt', Deno.execPath(), script],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals(JSON.parse(new TextDecoder().decode(stderr)), [
      (await systemFs.stat(`${folder}/out.txt`))!.id,
    ]);
  }));

/** Creates a project with links that lead out of it, and one that does not. */
async function inLinkedProject(fn: (project: string, outside: string) => Promise<void>): Promise<void> {
  await using folder = await createFolder({
    "outside/.bashrc": "mine\n",
    "project/pyproject.toml": "",
    "project/pipeline.yaml": "-> ../outside/.bashrc",
    "project/new.yaml": "-> ../outside/new",
    "project/newer.yaml": "-> new.yaml",
    "project/out": "-> ../outside",
    "project/sub/again": "-> out",
    "project/own": "-> sub",
    "project/hook": "-> .git/hooks/pre-commit",
  });
  await fn(`${folder.root}/project`, `${folder.root}/outside`);
}

for (
  const name of [
    "pipeline.yaml",
    "out/.bashrc",
    "out/made.yaml",
    "out/a/b.yaml",
    "new.yaml",
    "newer.yaml",
    "hook",
  ]
) {
  onUnix(
    `writeText() rejects ${name}, which leads out of the project or into .git`,
    () =>
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
  );
}

onUnix(
  "writeText() follows links out of a checkout in the home folder",
  () =>
    inLinkedProject(async (project, outside) => {
      await Deno.rename(`${project}/pyproject.toml`, `${project}/.git`);
      await rejects(systemFs.writeText(`${project}/pipeline.yaml`, "theirs"), { code: "file.link_outside" });
      await rejects(systemFs.writeText(`${project}/C:\\out.yaml`, "own"), { code: "file.windows_path" });
      const home = Deno.env.get("HOME");
      try {
        Deno.env.set("HOME", project);
        await systemFs.writeText(`${project}/pipeline.yaml`, "own");
      } finally {
        if (home === undefined) Deno.env.delete("HOME");
        else Deno.env.set("HOME", home);
      }
      strictEqual(await Deno.readTextFile(`${outside}/.bashrc`), "own");
    }),
);

onUnix("writeText() replaces a circular link in a project", () =>
  inLinkedProject(async (project) => {
    await Deno.symlink("loop", `${project}/loop`);
    await systemFs.writeText(`${project}/loop`, "text");
    strictEqual(await systemFs.readText(`${project}/loop`), "text");
  }));

onUnix(
  "writeText() follows links inside a project",
  () =>
    inLinkedProject(async (project, outside) => {
      await systemFs.writeText(`${project}/own/made.yaml`, "a");
      strictEqual(await Deno.readTextFile(`${project}/sub/made.yaml`), "a");
      await Deno.remove(`${project}/pyproject.toml`);
      await systemFs.writeText(`${project}/pipeline.yaml`, "a");
      strictEqual(await Deno.readTextFile(`${outside}/.bashrc`), "a");
    }),
);
