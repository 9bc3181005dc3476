import assert from "node:assert/strict";
import { openProjectCode } from "../../../src/app/project/code.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../../src/config/layers/default_settings.ts";
import { systemFs } from "../../../src/system/fs.ts";

async function inFolder(fn: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    for (const path of ["project/src/a.py", "home/id_rsa", "other/b.py"]) {
      await Deno.mkdir(`${folder}/${path.replace(/\/[^/]+$/, "")}`, { recursive: true });
      await Deno.writeTextFile(`${folder}/${path}`, "x");
    }
    await fn(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function opened(folder: string, ...outside: readonly string[]) {
  const load = { root: `${folder}/project`, env: "local", settings: DEFAULT_LOADER_SETTINGS, outside };
  const place = () => ({ file: "conf/base/azureml.yml", line: 3 });
  return openProjectCode(
    { clock: { now: () => new Date(0), sleep: () => Promise.resolve() }, fs: systemFs },
    load,
    place,
  );
}

Deno.test("openProjectCode() adds .gitkeep to empty configuration folders if the code contains them", () =>
  inFolder(async (folder) => {
    for (const name of ["base", "local"]) {
      await Deno.mkdir(`${folder}/project/conf/${name}`, { recursive: true });
    }
    const namesIn = async (directory: string) =>
      (await opened(folder, folder).select(directory)).files.map(({ name }) => name);
    assert.deepEqual(await namesIn("."), ["conf/base/.gitkeep", "conf/local/.gitkeep", "src/a.py"]);
    assert.deepEqual(await namesIn("src"), ["a.py"]);
    await Deno.writeTextFile(`${folder}/project/conf/base/c.py`, "");
    assert.deepEqual(await namesIn("conf/base"), ["c.py"]);
  }));

Deno.test("openProjectCode() rejects folders outside the project unless allowed on the command line", () =>
  inFolder(async (folder) => {
    await Deno.symlink("../home", `${folder}/project/link`).catch(() => {});
    for (const directory of ["../home", "..", `${folder}/home`, "link", "src/../../home"]) {
      await assert.rejects(opened(folder).select(directory), { code: "code.outside" }, directory);
      await assert.rejects(opened(folder).code(directory), { code: "code.outside" }, directory);
      await assert.rejects(
        opened(folder, `${folder}/other`).select(directory),
        { code: "code.outside" },
        directory,
      );
    }
    const { files } = await opened(folder, `${folder}/other`).select("../other");
    assert.deepEqual(files.map(({ name }) => name), ["b.py"]);
    for (const directory of [".", "src"]) {
      assert.equal((await opened(folder).select(directory)).files.length, 1);
    }
  }));
