import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { loadLayers } from "../../../src/config/load_layers.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../../src/config/conf_folders.ts";
import { toPlain } from "../../../src/config/omegaconf/node.ts";
import type { UserError } from "../../../src/core/errors.ts";
import { assertTranscript } from "../../fakes/assert_transcript.ts";
import { fakeContext } from "../../fakes/context.ts";

/** Loads azureml.yml with this text. */
async function valuesOf(text: string): Promise<unknown> {
  const files = { "/project/conf/base/azureml.yml": text, "/project/conf/local/.gitkeep": "" };
  const options = { root: "/project", env: "local", settings: DEFAULT_LOADER_SETTINGS };
  return toPlain((await loadLayers(fakeContext({ files }), "azureml", options)).values);
}

Deno.test("loadLayers() writes values in text as Python does", async () => {
  const text = "b: true\nf: false\nn: null\nl: [true, 1.0, x]\nm: {k: false}\n" +
    'text: "${b} ${f} ${n} ${l} ${m}"\n';
  const { text: found } = await valuesOf(text) as { text: string };
  deepStrictEqual(found, "True False None [True, 1.0, 'x'] {'k': False}");
  const list = 'l: ["a\\nb\\r\\tc\\\\", "it\'s", "\\"\'"]\ntext: "<${l}>"\n';
  const { text: quoted } = await valuesOf(list) as { text: string };
  deepStrictEqual(quoted, String.raw`<['a\nb\r\tc\\', "it's", '"\'']>`);
});

/** What OmegaConf 2.4 makes of text that looks like another interpolation. */
const ESCAPED: readonly (readonly [text: string, v: unknown])[] = [
  ["v: '\\${x}'\n", "${x}"],
  ["u: '\\${x}'\nv: ${u}\n", "${x}"],
  ["u: '\\${x}'\nv: ${u}!\n", "${x}!"],
  [`v: '\${oc.select:none,["\\\${x}"]}'\n`, ["${x}"]],
];
for (const [text, v] of ESCAPED) {
  Deno.test(`loadLayers() reads escapes as OmegaConf does: ${text.trim().replaceAll("\n", "; ")}`, async () => {
    deepStrictEqual((await valuesOf(`x: 7\n${text}`) as { v: unknown }).v, v);
  });
}

/** References with a key in `k`, and their values in OmegaConf 2.4. */
const COMPUTED_KEYS: readonly (readonly [text: string, b: number])[] = [
  ["k: .x\nx: 5\na: {x: 1, b: '${${k}}'}\nb: ${a.b}\n", 1],
  ["k: ..x\nx: 5\na: {x: 1, c: {x: 2, b: '${${k}}'}}\nb: ${a.c.b}\n", 1],
  ["k: .x\n'.x': 3\na: {'.x': 4, b: '${[${k}]}'}\nb: ${a.b}\n", 3],
  ["k: .x\na: {x: 1, '.x': 2}\nb: '${a[${k}]}'\n", 2],
  ["k: .x\nx: 5\na: {x: 1, '': {x: 7}}\nb: '${a.${k}}'\n", 7],
];
for (const [text, b] of COMPUTED_KEYS) {
  Deno.test(`loadLayers() resolves keys as OmegaConf does: ${text.trim().replaceAll("\n", "; ")}`, async () => {
    strictEqual((await valuesOf(text) as { b: unknown }).b, b);
  });
}

const REJECTED: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  ["a reference to its own container", "a: {b: '${a}'}\n", /"\$\{a\}" contains this value/],
  ["text with ??? behind it", 'q: "?"\na: "??${q}"\n', /it resolves to "\?\?\?"/],
  ["a reference to a missing value", "q: ???\na: ${q}\n", /missing/],
  ["a reference into null", "q: null\na: ${q.x}\n", /"q" in "\$\{q\.x\}" has no keys/],
  ["a reference into a resolver's list", "q: '${oc.select:none,[1]}'\na: ${q[0]}\n", /has no keys/],
  ["a number as the name of a resolver", "q: 5\na: '${${q}:x}'\n", /the resolver name .* is not text/],
];
for (const [what, text, message] of REJECTED) {
  Deno.test(`loadLayers() rejects ${what}`, async (t) => {
    let said = "";
    await rejects(valuesOf(text), (error: UserError) => {
      said = error.message;
      strictEqual(error.code, "config.interpolation");
      return message.test(said);
    });
    await assertTranscript(t, said, import.meta.url);
  });
}
