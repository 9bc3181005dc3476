import { deepEqual, equal } from "node:assert/strict";
import { startNoting, usedFiles, watchFiles } from "../../../src/kedro/sandbox/uses.ts";

/** A file system that answers with what it was asked, as Emscripten's does for `this`. */
function openFileSystem() {
  const fs = {
    folder: "/project/shop/src",
    cwd: () => fs.folder,
    lookupPath(this: unknown, ...asked: unknown[]): unknown {
      return [this === fs, ...asked];
    },
    readdir(this: unknown, path: string): string[] {
      return [String(this === fs), path];
    },
    rename(this: unknown, ...asked: unknown[]): unknown {
      return [this === fs, ...asked];
    },
    symlink(this: unknown, ...asked: unknown[]): unknown {
      return [this === fs, ...asked];
    },
  };
  watchFiles(fs);
  return fs;
}

const ROOT = "/project/shop";

/** Paths relative to src, their paths in the project, and the folders passed by `..`. */
const PATHS: readonly (readonly [path: string, used?: string | undefined, ...left: readonly string[]])[] = [
  ["/project/shop/a.txt", "/project/shop/a.txt"],
  ["/project/shop", "/project/shop"],
  ["b.txt", "/project/shop/src/b.txt"],
  ["./c//d.txt", "/project/shop/src/c/d.txt"],
  ["../data/e.txt", "/project/shop/data/e.txt", "/project/shop/src"],
  ["/project/shop/src/../../shop/f.txt", "/project/shop/f.txt", "/project/shop", "/project/shop/src"],
  ["/tmp/../project/shop/g.txt", "/project/shop/g.txt"],
  ["/project/shop/h/../../other", undefined, "/project/shop", "/project/shop/h"],
  ["/project/shopping/a.txt"],
  ["/etc/hosts"],
  ["/project"],
];

for (const [path, used, ...left] of PATHS) {
  Deno.test(`watchFiles() notes ${used ?? "nothing"} for ${path}`, () => {
    const fs = openFileSystem();
    startNoting(ROOT);
    const found = used === undefined ? [] : [used];
    deepEqual(fs.lookupPath(path, { follow: true }), [true, path, { follow: true }]);
    deepEqual(usedFiles(), { paths: [...left, ...found].sort(), listed: [] });
    startNoting(ROOT);
    deepEqual(fs.readdir(path), ["true", path]);
    deepEqual(usedFiles(), { paths: left, listed: found });
  });
}

Deno.test("usedFiles() returns null after a file is moved", () => {
  const fs = openFileSystem();
  startNoting(ROOT);
  deepEqual(fs.rename("/tmp/a", "/tmp/b"), [true, "/tmp/a", "/tmp/b"]);
  deepEqual(usedFiles(), { paths: [], listed: [] });
  fs.rename("../a.txt", "/tmp/a.txt");
  equal(usedFiles(), null);
  startNoting(ROOT);
  deepEqual(usedFiles(), { paths: [], listed: [] });
  deepEqual(fs.symlink("/project/shop/a.txt", "/tmp/a"), [true, "/project/shop/a.txt", "/tmp/a"]);
  equal(usedFiles(), null);
});
