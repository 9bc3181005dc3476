import { deepStrictEqual, equal, match } from "node:assert/strict";
import type { FileSystem } from "../../../src/core/context.ts";
import { openStore, wasReadBefore } from "../../../src/kedro/reader/cache_store.ts";
import { fakeContext } from "../../fakes/context.ts";

const NAME = "0123456789abcdef01234567";
const FILES = { "/p/pyproject.toml": "" };

function contextWith(fs: Partial<FileSystem> = {}, env: Record<string, string> = {}) {
  const ctx = fakeContext({ cwd: "/p", files: FILES, env });
  return { ...ctx, fs: { ...ctx.fs, ...fs } };
}

const entries = ({ files }: { files: ReadonlyMap<string, unknown> }) =>
  [...files.keys()].filter((path) => path.includes("/snapshots/"));

Deno.test("openStore() ignores an entry with a changed byte", async () => {
  const ctx = contextWith();
  const store = (await openStore(ctx, "/p"))!;
  await store.write(NAME, '{"a": "ü"}');
  equal(await store.read(NAME), '{"a": "ü"}');
  const [path] = entries(ctx);
  const bytes = ctx.files.get(path!)!;
  for (const at of bytes.keys()) {
    ctx.files.set(path!, bytes.with(at, bytes[at]! ^ 1));
    equal(await store.read(NAME), undefined, `${at}`);
    ctx.files.set(path!, bytes.slice(0, at));
    equal(await store.read(NAME), undefined, `${at}`);
  }
});

for (
  const [what, cache] of [["relative", "cache"], ["empty", ""], ["a path of another system", "C:\\cache"]]
) {
  Deno.test(`openStore() uses the home folder if XDG_CACHE_HOME is ${what}`, async () => {
    const ctx = contextWith({}, { XDG_CACHE_HOME: cache! });
    await (await openStore(ctx, "/p"))!.write(NAME, "{}");
    match(entries(ctx)[0]!, new RegExp(`^${ctx.home}/\\.cache/kedro-azureml/snapshots/`));
  });
}

Deno.test("openStore() ignores a full disk", async () => {
  for (
    const error of [new Error("No space left on device (os error 28)"), new Deno.errors.PermissionDenied()]
  ) {
    const ctx = contextWith({ writeText: () => Promise.reject(error) });
    const store = (await openStore(ctx, "/p"))!;
    await store.write(NAME, "{}");
    equal(await store.read(NAME), undefined);
  }
});

Deno.test("openStore() removes old readings", async () => {
  const ctx = contextWith();
  const store = (await openStore(ctx, "/p"))!;
  await store.write(NAME, "{}");
  const folder = entries(ctx)[0]!.replace(/\/[^/]*$/, "");
  const others = [`${folder}/notes.json`, `${folder}/../letter.json`.replace(/[^/]*\/\.\.\//, "")];
  // A folder with the name of a reading.
  others.push(`${folder}/${"0".repeat(23)}b.json/notes.txt`);
  // A folder that is no project's, with a leftover.
  others.push(`${folder}/../mine/${NAME}.json.0a1b2c3d.tmp`.replace(/[^/]*\/\.\.\//, ""));
  for (const path of others) ctx.files.set(path, new Uint8Array(1));
  ctx.files.set(`${folder}/${NAME}.json.0a1b2c3d.tmp`, new Uint8Array(1));
  for (let i = 0; i < 500; i += 2) {
    ctx.files.set(`${folder}/${i.toString(16).padStart(24, "0")}.json`, new Uint8Array(1));
  }
  await store.write(NAME, "{}");
  const left = entries(ctx);
  equal(left.filter((path) => /\/[0-9a-f]{24}\.json$/.test(path)).length, 200);
  deepStrictEqual(left.filter((path) => !/\/[0-9a-f]{24}\.json$/.test(path)).sort(), others.sort());
});

Deno.test("openStore() keeps at most 128 MiB", async () => {
  const ctx = contextWith();
  await (await openStore(ctx, "/p"))!.write(NAME, "{}");
  const folder = entries(ctx)[0]!.replace(/\/[^/]*$/, "");
  const now = ctx.clock.now().getTime();
  const [young, old] = ["0a1b2c3d", "0a1b2c3e"].map((end) => `${folder}/${NAME}.json.${end}.tmp`);
  const readings = [0, 1, 2].map((at) => `${folder}/${String(at).repeat(24)}.json`);
  for (const path of [young!, old!, ...readings]) ctx.files.set(path, new Uint8Array(1));
  const ages: Record<string, number> = { [young!]: 3_600_000, [old!]: 3_600_001 };
  const stat: FileSystem["stat"] = async (path) => {
    const found = await ctx.fs.stat(path);
    const at = readings.indexOf(path);
    if (found === undefined || (at < 0 && ages[path] === undefined)) return found;
    const age = ages[path] ?? at * 1000;
    return { ...found, sizeBytes: [2 ** 26, 2 ** 26][at] ?? 1, modifiedAt: new Date(now - age) };
  };
  await (await openStore({ ...ctx, fs: { ...ctx.fs, stat } }, "/p"))!.write(NAME, "{}");
  const left = entries(ctx);
  deepStrictEqual([young!, old!, ...readings].map((path) => left.includes(path)), [
    true,
    false,
    true,
    true,
    false,
  ]);
});

Deno.test("openStore() returns undefined without a home folder", async () => {
  equal(await openStore({ ...contextWith(), home: undefined }, "/p"), undefined);
  equal(await wasReadBefore({ ...contextWith(), home: undefined }, "/p"), false);
  const ctx = contextWith();
  equal(await wasReadBefore(ctx, "/p"), false);
  await (await openStore(ctx, "/p"))!.write(NAME, "{}");
  equal(await wasReadBefore(ctx, "/p"), true);
  const other = contextWith();
  other.files.set(entries(ctx)[0]!.replace(/\/[^/]*$/, ""), new Uint8Array(1));
  equal(await wasReadBefore(other, "/p"), false);
});
