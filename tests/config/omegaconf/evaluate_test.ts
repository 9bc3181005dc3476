import { deepStrictEqual, rejects } from "node:assert/strict";
import { loadLayers } from "../../../src/config/layers/layers.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../../src/config/layers/settings.ts";
import { toPlain } from "../../../src/config/omegaconf/node.ts";
import { fakeContext } from "../../fakes/context.ts";

/** Loads azureml.yml with this text. */
async function valuesOf(text: string): Promise<unknown> {
  const files = { "/project/conf/base/azureml.yml": text, "/project/conf/local/.gitkeep": "" };
  const options = { root: "/project", env: "local", settings: DEFAULT_LOADER_SETTINGS };
  return toPlain((await loadLayers(fakeContext({ files }), "azureml", options)).values);
}

Deno.test("loadLayers() writes values within text as Python does", async () => {
  const text = "b: true\nf: false\nn: null\nl: [true, 1.0, x]\nm: {k: false}\n" +
    'text: "${b} ${f} ${n} ${l} ${m}"\n';
  const { text: found } = await valuesOf(text) as { text: string };
  deepStrictEqual(found, "True False None [True, 1.0, 'x'] {'k': False}");
});

Deno.test("loadLayers() resolves relative references in lists against the list", async () => {
  deepStrictEqual(await valuesOf('l: [a, "${.0}", [b, "${.0}", "${..0}"]]\n'), {
    l: ["a", "a", ["b", "b", "a"]],
  });
});

const REJECTED: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  ["a reference to a value that contains it", "a: {b: '${a}'}\n", /"\$\{a\}" contains this value/],
  ["text that resolves to ???", 'q: "?"\na: "??${q}"\n', /it resolves to "\?\?\?"/],
  ["a reference to a missing value", "q: ???\na: ${q}\n", /missing/],
];
for (const [what, text, message] of REJECTED) {
  Deno.test(`loadLayers() rejects ${what}`, async () => {
    await rejects(valuesOf(text), { code: "config.interpolation", message });
  });
}
