import { deepStrictEqual, equal, match, ok } from "node:assert/strict";
import type { Context } from "../../src/core/context.ts";
import { openCachedReader } from "../../src/kedro/reader/cached_reader.ts";
import { openStore } from "../../src/kedro/reader/cache_store.ts";
import { findProject } from "../../src/kedro/project.ts";
import { systemFs } from "../../src/system/fs.ts";
import { fakeContext } from "../fakes/context.ts";
import { rememberingReader } from "../fakes/reader.ts";
import { projectWith } from "../kedro/reader/reading.ts";
import { onUnix } from "./on_unix.ts";
import { createFolder } from "../fakes/folder.ts";

const NAME = "0123456789abcdef01234567";

/** Creates a project and a cache folder on disk, and counts started interpreters. */
async function onDisk(
  test: (
    disk: { readonly ctx: Context; readonly folder: string; readonly started: () => number },
  ) => Promise<void>,
): Promise<void> {
  await using temporary = await createFolder();
  const { root: folder } = temporary;
  for (
    const [path, text] of Object.entries(projectWith("from pathlib import Path; value = Path('x.txt')"))
  ) {
    await systemFs.writeText(`${folder}${path}`, text);
  }
  let started = 0;
  const resources = rememberingReader();
  const ctx = fakeContext({
    cwd: `${folder}/p`,
    env: { XDG_CACHE_HOME: `${folder}/cache`, LOCALAPPDATA: `${folder}/cache` },
    resources: {
      ...resources,
      startReader() {
        started++;
        return resources.startReader();
      },
    },
  });
  await test({ ctx: { ...ctx, fs: systemFs }, folder, started: () => started });
}

async function read(ctx: Context, onCache: (message: string) => void = () => {}) {
  // No variables, as they name the temporary folder: the question must be the same each time.
  const options = { env: "local", allowEnvNames: [], onCache };
  const reader = await openCachedReader(ctx, await findProject(ctx, ctx.cwd), options);
  try {
    return await reader.snapshot();
  } finally {
    await reader.close();
  }
}

Deno.test("openCachedReader() notices a change within a second", () =>
  onDisk(async ({ ctx, folder, started }) => {
    const path = `${folder}/p/conf/base/parameters.yml`;
    equal((await read(ctx)).parameters.alpha, 1);
    const { mtime } = await Deno.stat(path);
    await Deno.writeTextFile(path, "alpha: 2\n");
    await Deno.utime(path, mtime!, mtime!);
    equal((await read(ctx)).parameters.alpha, 2);
    await Deno.utime(path, 1, 1);
    await read(ctx);
    equal(started(), 2);
  }));

onUnix("openCachedReader() reads a changed link again", () =>
  onDisk(async ({ ctx, folder }) => {
    const conf = `${folder}/p/conf/base`;
    await Deno.mkdir(`${folder}/p/shared`);
    for (const name of ["1", "2"]) {
      await Deno.writeTextFile(`${folder}/p/shared/${name}.yml`, `beta: ${name}\n`);
    }
    const seen = [];
    for (const name of ["1", "2"]) {
      await Deno.remove(`${conf}/parameters_beta.yml`).catch(() => {});
      await Deno.symlink(`../../shared/${name}.yml`, `${conf}/parameters_beta.yml`);
      seen.push((await read(ctx)).parameters.beta);
    }
    deepStrictEqual(seen, [1, 2]);
  }));

Deno.test("openCachedReader() writes one entry for twenty readers", () =>
  onDisk(async ({ ctx, folder, started }) => {
    // Use another cache first, so that the fake reader knows the answer.
    await read({ ...ctx, env: { XDG_CACHE_HOME: `${folder}/other`, LOCALAPPDATA: `${folder}/other` } });
    const all = await Promise.all(Array.from({ length: 20 }, () => read(ctx)));
    for (const each of all) deepStrictEqual(each, all[0]);
    const before = started();
    deepStrictEqual(await read(ctx), all[0]);
    equal(started(), before);
    const files = await Array.fromAsync(systemFs.walk(`${folder}/cache`, () => true));
    deepStrictEqual(files.filter(({ kind }) => kind === "file").length, 1);
  }));

Deno.test("openStore() writes whole entries", () =>
  onDisk(async ({ ctx }) => {
    const texts = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(200_000));
    const seen = await Promise.all(texts.map(async (text) => {
      const store = (await openStore(ctx, ctx.cwd))!;
      await store.write(NAME, text);
      return await store.read(NAME);
    }));
    for (const each of seen) ok(each !== undefined && texts.includes(each));
  }));

onUnix(
  "openCachedReader() ignores entries that others can write",
  () =>
    onDisk(async ({ ctx, folder, started }) => {
      await read(ctx);
      const [file] = (await Array.fromAsync(systemFs.walk(`${folder}/cache`, () => true)))
        .filter(({ kind }) => kind === "file");
      equal((await Deno.stat(file!.path)).mode! & 0o777, 0o600);
      equal((await Deno.stat(`${file!.path}/..`.replace(/[^/]*\/\.\.$/, ""))).mode! & 0o777, 0o700);
      await Deno.chmod(file!.path, 0o666);
      const messages: string[] = [];
      await read(ctx, (message) => messages.push(message));
      equal(started(), 2);
      match(messages[0]!, /other users can write to ".*\.json"/);
      await read(ctx);
      equal(started(), 2);
      if (Deno.uid() !== 0) return;
      await Deno.chown(file!.path, 12345, 12345);
      await read(ctx);
      equal(started(), 3);
    }),
);

onUnix(
  "openCachedReader() does not follow a link as its cache",
  () =>
    onDisk(async ({ ctx, folder, started }) => {
      await Deno.mkdir(`${folder}/cache/kedro-azureml`, { recursive: true });
      await Deno.mkdir(`${folder}/elsewhere`);
      await Deno.writeTextFile(`${folder}/elsewhere/letter.json`, "{}");
      await Deno.chmod(`${folder}/elsewhere`, 0o777);
      await Deno.symlink(`${folder}/elsewhere`, `${folder}/cache/kedro-azureml/snapshots`);
      await read(ctx);
      await read(ctx);
      equal(started(), 2);
      deepStrictEqual(Array.from(Deno.readDirSync(`${folder}/elsewhere`), ({ name }) => name), [
        "letter.json",
      ]);
    }),
);

Deno.test("openCachedReader() works without a cache folder", () =>
  onDisk(async ({ ctx, folder, started }) => {
    await Deno.writeTextFile(`${folder}/cache`, "");
    deepStrictEqual(await read(ctx), await read(ctx));
    equal(started(), 2);
  }));
