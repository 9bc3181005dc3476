import { deepEqual, rejects } from "node:assert/strict";
import { DEFAULT_LOADER_SETTINGS } from "../../src/config/conf_folders.ts";
import { loadLayers } from "../../src/config/load_layers.ts";
import { type ScalarNode, toPlain } from "../../src/config/omegaconf/node.ts";
import { fakeContext } from "../fakes/context.ts";

/** Loads one kind of configuration of a project with these files below `conf/`. */
function load(
  kind: string,
  files: Readonly<Record<string, string>>,
  options: object = {},
  settings: object = {},
) {
  const all = Object.entries({ "base/.gitkeep": "", "local/.gitkeep": "", ...files });
  const ctx = fakeContext({
    env: { HOST: "db" },
    files: Object.fromEntries(all.map(([name, text]) => [`/p/conf/${name}`, text])),
  });
  return loadLayers(ctx, kind, {
    ...{ root: "/p", env: "local", settings: { ...DEFAULT_LOADER_SETTINGS, ...settings } },
    ...options,
  });
}

Deno.test("loadLayers() lets runtime parameters override files", async () => {
  const files = { "base/parameters.yml": "a: 1\nb: {c: 2, d: 3}\n", "local/parameters.yml": "a: 4\n" };
  const { values } = await load("parameters", files, { runtimeParams: { b: { c: 5 }, e: 6 } });
  deepEqual(toPlain(values), { a: 4, b: { c: 5 }, e: 6 });
  deepEqual(values.entries.get("e")!.place, { file: "--params" });
});

Deno.test("loadLayers() returns the places of interpolated values", async () => {
  const { values } = await load("azureml", {
    "base/azureml.yml": "v: 1\na: x\n",
    "local/azureml.yml": "a: y\nb: z\nv: '${a}${b}${a}'\n",
  });
  const at = (environment: string, line: number, column: number) => ({
    file: `conf/${environment}/azureml.yml`,
    line,
    column,
  });
  const { value, overrides, sources } = values.entries.get("v") as ScalarNode;
  deepEqual([value, overrides], ["yzy", [at("base", 1, 4)]]);
  deepEqual(sources, [
    { place: at("local", 1, 4), overrides: [] },
    { place: at("local", 2, 4), overrides: [] },
  ]);
});

Deno.test("loadLayers() drops catalog keys that start with _", async () => {
  const files = (kind: string) => ({
    [`base/${kind}.yml`]: "_t: 1\na: 2\n",
    [`base/${kind}_b.yml`]: "_t: 3\nb: 4\n",
  });
  deepEqual(toPlain((await load("catalog", files("catalog"))).values), { a: 2, b: 4 });
  deepEqual(toPlain((await load("parameters", files("parameters"))).values), { _t: 3, a: 2, b: 4 });
});

Deno.test("loadLayers() lists keys defined in two files", async () => {
  const files = { "base/catalog.yml": "a: 1\nb: 2\n", "base/catalog_b.yml": "b: 3\n\na: 4\n" };
  await rejects(load("catalog", files), {
    code: "config.duplicate_key",
    message: 'Key "b" is defined in two files of the same environment: "conf/base/catalog.yml" and ' +
      '"conf/base/catalog_b.yml"',
    place: { file: "conf/base/catalog_b.yml", line: 1, column: 1 },
    details: [
      '"b" at conf/base/catalog.yml:2:1 and conf/base/catalog_b.yml:1:1',
      '"a" at conf/base/catalog.yml:1:1 and conf/base/catalog_b.yml:3:1',
    ],
  });
  const nested = { "base/parameters.yml": "a: {b: 1}\n", "base/parameters_b.yml": "a: {c: 2}\n" };
  deepEqual(toPlain((await load("parameters", nested)).values), { a: { b: 1, c: 2 } });
});

Deno.test("loadLayers() parses soft-merged values twice, as Kedro does", async () => {
  const files = {
    "base/globals.yml": "open: '\\${'\n",
    "base/parameters.yml": "a: '${globals:open}'\n",
    "local/parameters.yml": "b: 1\n",
  };
  deepEqual(toPlain((await load("parameters", files)).values), { a: "${", b: 1 });
  await rejects(load("parameters", files, {}, { merge_strategy: { parameters: "soft" } }), {
    code: "config.interpolation",
  });
});
