import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { answerAsk, readProjectFiles } from "../../../src/kedro/reader/project_files.ts";
import { fakeContext } from "../../fakes/context.ts";

const PROJECT = { name: "Shop", packageName: "shop", kedroInitVersion: "1.0.0" };

/** A file system that has every path. */
function everything() {
  const { fs } = fakeContext();
  const stat = async () => ({ kind: "file", sizeBytes: 1, modifiedAt: undefined }) as const;
  return {
    fs: { ...fs, stat, realPath: async (path: string) => path, readBytes: async () => new Uint8Array(1) },
  };
}

Deno.test("project code on Windows gets no device, no stream of a file, and no path with a backslash", async () => {
  const ask = (root: string, path: string) =>
    answerAsk(everything(), { ...PROJECT, root, sourceDir: `${root}/src` }, { what: "read", path });
  for (const name of ["a.csv", ".env::$DATA", "con", "data\\..\\.git\\config", ".env.", "b:c.csv"]) {
    strictEqual(
      await ask("C:\\work\\shop", `/project/C:\\work\\shop/data/${name}`) === undefined,
      name !== "a.csv",
      name,
    );
  }
  // A name like any other elsewhere.
  strictEqual((await ask("/work/shop", "/project/shop/data/b:c.csv"))?.length, 1);
});

Deno.test("a file that another program has open stays on disk, and the rest is read", async () => {
  const { fs } = fakeContext({ files: { "/p/held.yaml": "a", "/p/src/a.py": "b" } });
  const readBytes = (path: string) =>
    path.endsWith("held.yaml")
      ? Promise.reject(new Error(`Sharing violation. (os error 32): open '${path}'`))
      : fs.readBytes(path);
  const found = await readProjectFiles({ fs: { ...fs, readBytes } }, {
    ...PROJECT,
    root: "/p",
    sourceDir: "/p/src",
  });
  deepStrictEqual(found.files.map(({ path }) => path), ["/project/p/src/a.py"]);
  deepStrictEqual(found.later.files.map(({ path }) => path), ["/project/p/held.yaml"]);
});
