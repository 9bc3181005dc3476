import assert from "node:assert/strict";
import type { AppEvent } from "../../../src/app/context.ts";
import { openProjectCode } from "../../../src/app/project/project_code.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../../src/config/conf_folders.ts";
import { systemFs } from "../../../src/system/fs.ts";
import { createFolder } from "../../fakes/folder.ts";

async function inFolder(fn: (folder: string) => Promise<void>): Promise<void> {
  await using folder = await createFolder({ "project/src/a.py": "x", "home/id_rsa": "x", "other/b.py": "x" });
  await fn(folder.root);
}

const NOW = new Date("2026-01-02T03:04:05Z");

function opened(folder: string, ...outside: readonly string[]) {
  return openedWith({ folder, outside });
}

function openedWith({ folder, outside, settings = DEFAULT_LOADER_SETTINGS }: {
  readonly folder: string;
  readonly outside?: readonly string[];
  readonly settings?: typeof DEFAULT_LOADER_SETTINGS;
}) {
  const load = { root: `${folder}/project`, env: "local", settings, ...(outside && { outside }) };
  const place = () => ({ file: "conf/base/azureml.yml", line: 3 });
  const reported: AppEvent[] = [];
  const clock = { now: () => NOW, sleep: () => Promise.resolve() };
  const report = (event: AppEvent) => void reported.push(event);
  return { ...openProjectCode({ clock, fs: systemFs, report }, load, place), reported };
}

Deno.test("code contains .gitkeep for an empty conf/local", () =>
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

Deno.test("code leaves out credentials below CONF_SOURCE", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/project/settings/local`, { recursive: true });
    for (const name of ["catalog", "credentials"]) {
      await Deno.writeTextFile(`${folder}/project/settings/local/${name}.yml`, "a: 1");
    }
    const settings = { ...DEFAULT_LOADER_SETTINGS, conf_source: "settings" };
    const { files } = await openedWith({ folder, settings }).select(".");
    assert.deepEqual(files.map(({ name }) => name), ["settings/local/catalog.yml", "src/a.py"]);
  }));

Deno.test("code outside the project needs --allow-outside", () =>
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

const LINKS = {
  name: "openProjectCode() follows links only to allowed folders",
  ignore: Deno.build.os === "windows",
};

Deno.test(LINKS, () =>
  inFolder(async (folder) => {
    await Deno.symlink("../../other", `${folder}/project/src/shared`);
    const namesIn = async (...outside: readonly string[]) =>
      (await opened(folder, ...outside).select("src")).files.map(({ name }) => name);
    assert.deepEqual(await namesIn(), ["a.py"]);
    assert.deepEqual(await namesIn(`${folder}/home`, `${folder}/other`), ["a.py", "shared/b.py"]);
    await assert.rejects(opened(folder).select("none"), {
      code: "code.no_folder",
      place: { file: "conf/base/azureml.yml", line: 3 },
    });
    await assert.rejects(opened(folder).select("../home"), {
      code: "code.outside",
      message: `The code folder "${folder}/home" is outside the project, and is not uploaded`,
      hint:
        `Set \`execution.code_directory\` to a folder of the project, or allow this one with \`--allow-outside ${folder}/home\``,
      place: { file: "conf/base/azureml.yml", line: 3 },
    });
  }));
