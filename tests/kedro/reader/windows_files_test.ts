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

Deno.test("answerAsk() rejects device names on Windows", async () => {
  const ask = (root: string, path: string) =>
    answerAsk(createFullFileSystem(), { ...PROJECT, root, sourceDir: `${root}/src` }, { what: "read", path });
  for (
    const name of ["a.csv", ".env::$DATA", "con", "deep\\a.csv", "data\\..\\.git\\config", ".env.", "b:c.csv"]
  ) {
    for (const root of ["C:\\work\\shop", "c:\\shop", "\\\\server\\share\\shop"]) {
      const path = `/project/${root}/data/${name}`;
      strictEqual(await ask(root, path) === undefined, name !== "a.csv", path);
    }
  }
  // A valid name on other systems.
  strictEqual((await ask("/work/shop", "/project/shop/data/b:c.csv"))?.length, 1);
});

Deno.test("answerAsk() rejects a link named like a secret file", async () => {
  const { fs } = createFullFileSystem();
  const ctx = { fs: { ...fs, realPath: async (path: string) => path.replace(/\.env$/, "plain.txt") } };
  const project = { ...PROJECT, root: "/work/shop", sourceDir: "/work/shop/src" };
  const ask = (name: string) => answerAsk(ctx, project, { what: "read", path: `/project/shop/${name}` });
  strictEqual(await ask(".env"), undefined);
  strictEqual((await ask("plain.txt"))?.length, 1);
});

Deno.test("readProjectFiles() skips a file that another program has open", async () => {
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
