import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { hashCode, selectCode } from "../../../../src/azureml/job/code/select.ts";

import type { FileSystem } from "../../../../src/core/context.ts";
import { systemFs } from "../../../../src/system/fs.ts";
import { fakeContext } from "../../../fakes/context.ts";
import { createFolder } from "../../../fakes/folder.ts";
import { shellWord } from "../../../../src/core/untrusted.ts";

function project(files: Record<string, string>) {
  return fakeContext({
    files: Object.fromEntries(Object.entries(files).map(([name, text]) => [`/project/${name}`, text])),
  });
}

/** Creates a real file system that records which folders are read. */
function recordingFs(): { fs: FileSystem; read: string[] } {
  const read: string[] = [];
  const walk: FileSystem["walk"] = (path, enter) => {
    read.push(path);
    return systemFs.walk(path, enter);
  };
  return { fs: { ...systemFs, walk }, read };
}

Deno.test("selectCode() does not read excluded folders", async () => {
  await using folder = await createFolder({
    ".amlignore": "data/\n/big\n!docs/keep.md\ndocs/\nother/\n!other/deep/keep.txt\n",
    "a.py": "",
    "data/x/y.csv": "",
    "big/z.bin": "",
    "docs/keep.md": "",
    ".venv/lib/x.py": "",
    "other/not/n.txt": "",
    "other/deep/keep.txt": "",
  });
  const { fs, read } = recordingFs();
  const { files, leftOut } = await selectCode(fs, folder.root);
  assert.deepEqual(files.map(({ name }) => name), ["a.py", "other/deep/keep.txt"]);
  assert.deepEqual(read.map((path) => path.slice(folder.root.length)), ["", "/other", "/other/deep"]);
  assert.deepEqual(leftOut.map(({ name }) => name).sort(), [
    ".venv/",
    "big/",
    "data/",
    "docs/",
    "other/not/",
  ]);
});

Deno.test("selectCode() does not follow links to a parent folder", async () => {
  await using folder = await createFolder({
    "code/.amlignore": "real/skipped.txt\nvia/two.txt\n",
    "code/real/one.txt": "1",
    "code/real/two.txt": "2",
    "code/real/skipped.txt": "s",
    "code/via": "-> real",
    "code/file.txt": "-> real/one.txt",
    "code/real/up": "-> ..",
    "code/gone": "-> nowhere",
    "code/out": "-> ../outside",
    "outside/o.txt": "o",
  });
  const { files, leftOut, warnings } = await selectCode(systemFs, join(folder.root, "code"));
  assert.deepEqual(files.map(({ name }) => name), [
    "file.txt",
    "real/one.txt",
    "real/two.txt",
    "via/one.txt",
    "via/two.txt",
  ]);
  assert.equal(files[0]!.path, join(folder.root, "code/real/one.txt"));
  assert.deepEqual(warnings.map(({ message }) => message).sort(), [
    '"gone" is a broken link, so it is not uploaded',
    '"out" is a link to outside the code folder, so it is not uploaded',
  ]);
  assert.deepEqual(leftOut.map(({ name, reason }) => `${name}: ${reason}`).sort(), [
    "gone: broken link",
    "out: link to outside the code folder",
    "real/skipped.txt: .amlignore",
    "real/up/: link to a parent folder",
    "via/skipped.txt: .amlignore",
    "via/up/: link to a parent folder",
  ]);
  assert.deepEqual(
    warnings.map(({ code, hint }) => `${code}: ${hint}`.replace(/outside .* if/, "outside TARGET` if"))
      .sort(),
    [
      "code.broken_link: Fix or remove the link",
      "code.link_outside: Add `--allow-outside TARGET` if the job needs it",
    ],
  );
});

Deno.test("selectCode() excludes credentials behind a renamed link", async () => {
  await using folder = await createFolder({
    "a.py": "",
    "conf/local/credentials.yml": "k",
    "b.yml": "-> conf/local/credentials.yml",
  });
  const { files } = await selectCode(systemFs, folder.root);
  assert.deepEqual(files.map(({ name }) => name), ["a.py"]);
});

Deno.test("selectCode() rejects an unreadable folder by name", async () => {
  const { fs } = project({ "a.py": "", "locked/x.txt": "" });
  const walk: FileSystem["walk"] = (path, enter) => {
    if (path.endsWith("locked")) throw new Deno.errors.PermissionDenied("os error 13");
    return fs.walk(path, enter);
  };
  await assert.rejects(selectCode({ ...fs, walk }, "/project"), {
    code: "code.unreadable",
    message: 'Cannot read code file "locked/": permission denied',
  });
  const none = () => {
    throw new Deno.errors.PermissionDenied("os error 13");
  };
  await assert.rejects(selectCode({ ...fs, walk: none }, "/project"), {
    message: 'Cannot read code file ".": permission denied',
  });
  const ignoring = project({ "a.py": "", "locked/x.txt": "", ".amlignore": "locked/\n" });
  assert.equal(
    (await selectCode({
      ...ignoring.fs,
      walk: (path, enter) => {
        assert.ok(!path.endsWith("locked"));
        return ignoring.fs.walk(path, enter);
      },
    }, "/project")).files.length,
    1,
  );
});

Deno.test("selectCode() skips an unreadable excluded folder", async () => {
  await using folder = await createFolder({
    ".amlignore": "data/\n!.gitkeep\n",
    "a.py": "",
    "data/root/x.csv": "",
    "data/.gitkeep": "",
    "src/x.py": "",
  });
  const locked = (name: string, thrown: Error = new Deno.errors.PermissionDenied()): FileSystem => ({
    ...systemFs,
    walk: async function* (path, enter) {
      if (path === join(folder.root, name)) throw thrown;
      yield* systemFs.walk(path, enter);
    },
  });
  const { files, leftOut } = await selectCode(locked("data/root"), folder.root);
  assert.deepEqual(files.map(({ name }) => name), ["a.py", "data/.gitkeep", "src/x.py"]);
  assert.deepEqual(leftOut.map(({ name, pattern }) => [name, pattern]), [["data/root/", "data/"]]);
  for (const other of [locked("src"), locked("data/root", new Deno.errors.NotFound())]) {
    await assert.rejects(selectCode(other, folder.root), { code: "code.unreadable" });
  }
});

Deno.test("selectCode() escapes control characters in file names", async () => {
  await using folder = await createFolder({ "x\n##vso[task.x]\x1b[2J": "-> nowhere", "a.py": "" });
  const { warnings: [warning] } = await selectCode(systemFs, folder.root);
  assert.equal(
    warning!.message,
    '"x\ufffd# #vso[task.x]\ufffd[2J" is a broken link, so it is not uploaded',
  );
});

Deno.test("selectCode() names linked files by their links", async () => {
  await using folder = await createFolder({
    "code/.amlignore": "*.pyc\n",
    "code/a.py": "",
    "code/src/shared": "-> ../../libs/shared",
    "code/src/one.py": "-> ../../libs/one.py",
    "code/src/other": "-> ../../other",
    "libs/shared/b.py": "",
    "libs/shared/b.pyc": "",
    "libs/shared/.venv/c.py": "",
    "libs/shared/back": "-> ../shared",
    "libs/shared/out.py": "-> ../../other/d.py",
    "libs/shared/a.txt": "-> ../.env",
    "libs/.env": "",
    "libs/one.py": "",
    "other/d.py": "",
  });
  const outside = [join(folder.root, "libs")];
  const { files, leftOut, warnings } = await selectCode(systemFs, join(folder.root, "code"), { outside });
  assert.deepEqual(files.map(({ name }) => name), ["a.py", "src/one.py", "src/shared/b.py"]);
  assert.deepEqual(
    leftOut.map(({ name, target }) => [name, target && relative(folder.root, target)]).sort(),
    [
      ["src/other", "other"],
      ["src/shared/.venv/", undefined],
      ["src/shared/a.txt", "libs/.env"],
      ["src/shared/b.pyc", undefined],
      ["src/shared/back/", undefined],
      ["src/shared/out.py", "other/d.py"],
    ],
  );
  assert.deepEqual(warnings.map(({ hint }) => hint), [
    `Add \`--allow-outside ${shellWord(`${folder.root}/other`)}\` if the job needs it`,
    "If the job needs it, replace the link with a copy",
    `Add \`--allow-outside ${shellWord(`${folder.root}/other/d.py`)}\` if the job needs it`,
  ]);
});

Deno.test("selectCode() does not follow links into .git", async () => {
  await using folder = await createFolder({
    "code/a.py": "",
    "code/.git/config": "token",
    "code/inner": "-> .git",
    "code/inner.txt": "-> .git/config",
    "code/outer": "-> ../libs/.git",
    "code/outer.txt": "-> ../libs/.git/config",
    "code/libs": "-> ../libs",
    "libs/b.py": "",
    "libs/.git/config": "token",
    "libs/.GIT/config": "token",
    "libs/again": "-> .git",
  });
  const options = { outside: [join(folder.root, "libs")] };
  const { files, leftOut } = await selectCode(systemFs, join(folder.root, "code"), options);
  assert.deepEqual(files.map(({ name }) => name), ["a.py", "libs/b.py"]);
  assert.deepEqual(leftOut.map(({ name }) => name).sort(), [
    ".git/",
    "inner.txt",
    "inner/",
    "libs/.GIT/",
    "libs/.git/",
    "libs/again",
    "outer",
    "outer.txt",
  ]);
});

Deno.test("selectCode() excludes a socket, and a file that would be in another folder on Windows", async () => {
  await using folder = await createFolder({ "a.py": "", "..\\main.py": "" });
  const withSocket: FileSystem = {
    ...systemFs,
    walk: async function* (path, enter) {
      yield* systemFs.walk(path, enter);
      yield { path: join(path, "socket"), kind: "other" };
    },
  };
  const { files, leftOut } = await selectCode(withSocket, folder.root);
  assert.deepEqual([files.length, leftOut], [1, [
    { name: "..\\main.py", reason: "backslash in its name" },
    { name: "socket", reason: "not a regular file" },
  ]]);
});

Deno.test("hashCode() leaves out a file that a link has replaced since the search for secrets", async () => {
  await using folder = await createFolder({ "code/a.py": "", "code/notes.txt": "1234", "key": "5678" });
  const code = join(folder.root, "code");
  const selection = await selectCode(systemFs, code);
  await Deno.remove(join(code, "notes.txt"));
  await Deno.symlink(join(folder.root, "key"), join(code, "notes.txt"));
  const { files, warnings } = await hashCode(systemFs, code, selection);
  assert.deepEqual(files.map(({ name }) => name), ["a.py"]);
  assert.deepEqual(warnings.map(({ code }) => code), ["code.being_written"]);
});
