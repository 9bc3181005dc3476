import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { answerAsk, readProjectFiles } from "../../../src/kedro/reader/project_files.ts";
import { fakeContext } from "../../fakes/context.ts";

const PROJECT = { name: "Shop", packageName: "shop", kedroInitVersion: "1.0.0" };

/** Creates a file system in which every path exists. */
function createFullFileSystem() {
  const { fs } = fakeContext();
  const stat = async () => ({ kind: "file", sizeBytes: 1, modifiedAt: undefined }) as const;
  return {
    fs: { ...fs, stat, realPath: async (path: string) => path, readBytes: async () => new Uint8Array(1) },
  };
}

Deno.test("answerAsk() rejects devices, file streams and backslashes on Windows", async () => {
  const ask = (root: string, path: string) =>
    answerAsk(createFullFileSystem(), { ...PROJECT, root, sourceDir: `${root}/src` }, { what: "read", path });
  for (const name of ["a.csv", ".env::$DATA", "con", "data\\..\\.git\\config", ".env.", "b:c.csv"]) {
    strictEqual(
      await ask("C:\\work\\shop", `/project/C:\\work\\shop/data/${name}`) === undefined,
      name !== "a.csv",
      name,
    );
  }
  // A valid name on other systems.
  strictEqual((await ask("/work/shop", "/project/shop/data/b:c.csv"))?.length, 1);
});

Deno.test("readProjectFiles() leaves out a file that another program has open", async () => {
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
