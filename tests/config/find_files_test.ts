import { deepEqual, rejects } from "node:assert/strict";
import type { Entry } from "../../src/core/context.ts";
import { DEFAULT_LOADER_SETTINGS, findFiles } from "../../src/config/conf_folders.ts";
import { fakeContext } from "../fakes/context.ts";

const NAMES = [
  "catalog.yml",
  "catalog_1.yml",
  "catalog_a.yml",
  "catalog_].yml",
  "catalog/deep/x.yml",
  "catalog/x.yml",
  "catalog/notes.txt",
  "more/catalog.json",
  ".hidden/catalog.yml",
];

/** The files that a pattern matches; without a bracket, as `fsspec` and Python's `glob` do. */
const FOUND: readonly (readonly [pattern: string, names: readonly string[]])[] = [
  ["catalog*", ["catalog.yml", "catalog_1.yml", "catalog_].yml", "catalog_a.yml"]],
  ["catalog_?.yml", ["catalog_1.yml", "catalog_].yml", "catalog_a.yml"]],
  ["catalog?.yml", []],
  ["catalog_[a-z].yml", ["catalog_a.yml"]],
  ["catalog_[!a-z].yml", ["catalog_1.yml", "catalog_].yml"]],
  ["catalog_[]1].yml", ["catalog_1.yml", "catalog_].yml"]],
  ["catalog_[!]1].yml", ["catalog_a.yml"]],
  ["catalog_[^1].yml", ["catalog_1.yml"]],
  ["*/catalog.json", ["more/catalog.json"]],
  ["*catalog.yml", ["catalog.yml"]],
  ["catalog/*", ["catalog/x.yml"]],
  ["catalog/**", ["catalog/deep/x.yml", "catalog/x.yml"]],
  ["catalog/**/x.yml", ["catalog/deep/x.yml", "catalog/x.yml"]],
  ["**/catalog*", [
    "catalog.yml",
    "catalog_1.yml",
    "catalog_].yml",
    "catalog_a.yml",
    "more/catalog.json",
  ]],
];

const OPTIONS = { root: "/p", settings: DEFAULT_LOADER_SETTINGS };

for (const [pattern, names] of FOUND) {
  Deno.test(`findFiles() matches ${pattern} as Kedro does`, async () => {
    const ctx = fakeContext({ files: Object.fromEntries(NAMES.map((name) => [`/p/conf/${name}`, ""])) });
    const found = await findFiles(ctx, { path: "/p/conf", name: "conf" }, {
      ...OPTIONS,
      patterns: [pattern],
    });
    deepEqual(found.map(({ name }) => name.replace(/^conf\//, "")), names);
  });
}

/** Finds files among these entries of a folder; `links` says what each link leads to. */
async function foundAmong(
  entries: readonly (readonly [name: string, kind: Entry["kind"]])[],
  links: Readonly<Record<string, string>> = {},
) {
  const ctx = fakeContext({
    files: { "/p/other.yml": "", "/p/.dbt/profiles.yml": "", "/p/conf/.b.yml": "", "/else where/x.yml": "" },
  });
  const walk: typeof ctx.fs.walk = async function* () {
    for (const [name, kind] of entries) yield { path: `/p/conf/${name}`, kind };
  };
  const target = (path: string) => links[path.replace("/p/conf/", "")] ?? path;
  const fs = {
    ...{ ...ctx.fs, walk },
    realPath: async (path: string) => target(path),
    stat: (path: string) => ctx.fs.stat(target(path)),
  };
  const found = await findFiles({ fs }, { path: "/p/conf", name: "conf" }, {
    ...OPTIONS,
    patterns: ["*"],
  });
  return found.map(({ name }) => name);
}

Deno.test("findFiles() finds no hidden file behind a link, as Kedro does", async () => {
  deepEqual(await foundAmong([["a.yml", "link"]], { "a.yml": "/p/.dbt/profiles.yml" }), []);
  deepEqual(await foundAmong([["a.yml", "link"]], { "a.yml": "/p/conf/.b.yml" }), []);
});

Deno.test("findFiles() rejects a link that leaves the project", async () => {
  deepEqual(await foundAmong([["a.yml", "link"]], { "a.yml": "/p/other.yml" }), ["conf/a.yml"]);
  deepEqual(await foundAmong([["a.yml", "link"]], { "a.yml": "/p/none.yml" }), []);
  await rejects(foundAmong([["a.yml", "link"]], { "a.yml": "/else where/x.yml" }), {
    code: "config.link_outside",
    message: 'Cannot read "conf/a.yml": the link points outside the project',
    hint: "Replace the link with a copy of the file, or allow it with `--allow-outside '/else where/x.yml'`",
    place: { file: "conf/a.yml" },
  });
});
