import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { type Layers, loadLayers } from "../../../src/config/load_layers.ts";
import { type ConfigNode, pythonFloat, type Scalar } from "../../../src/config/omegaconf/node.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../../src/config/conf_folders.ts";
import { UserError } from "../../../src/core/errors.ts";
import { fakeContext } from "../../fakes/context.ts";

/** Each file has the results of Kedro's loader for unusual configuration; see scripts/golden/renew.py. */
const GOLDEN = fileURLToPath(new URL("../../golden/config/", import.meta.url));

type Result = unknown;

/** Encodes a value as scripts/golden/renew.py does, with distinct floats, integers and keys. */
function encode(node: ConfigNode): Result {
  if (node.kind === "scalar") return encodeScalar(node.value);
  if (node.kind === "list") return node.items.map(encode);
  return { map: [...node.entries].map(([key, item]) => [encodeScalar(key), encode(item)]) };
}

function encodeScalar(value: Scalar): Result {
  if (typeof value === "bigint") return { int: String(value) };
  return typeof value === "number" ? { float: pythonFloat(value) } : value;
}

interface Case {
  readonly files: Record<string, string>;
  readonly kind: string;
  readonly strategy?: "destructive" | "soft";
  readonly params?: Record<string, unknown>;
}

async function load({ files, kind, strategy, params }: Case): Promise<ConfigNode | { refused: string }> {
  const inProject = Object.entries(files).map(([name, text]) => [`/project/${name}`, text]);
  const folders = { "/project/conf/base/.gitkeep": "", "/project/conf/local/.gitkeep": "" };
  const ctx = fakeContext({ files: { ...folders, ...Object.fromEntries(inProject) } });
  try {
    const layers: Layers = await loadLayers(ctx, kind, {
      root: "/project",
      env: "local",
      settings: { ...DEFAULT_LOADER_SETTINGS, merge_strategy: { [kind]: strategy ?? "destructive" } },
      runtimeParams: params ?? {},
    });
    return layers.files.length === 0 ? { refused: "no files" } : layers.values;
  } catch (thrown) {
    if (!(thrown instanceof UserError) || !thrown.code.startsWith("config.")) throw thrown;
    return { refused: thrown.message };
  }
}

function compare(found: ConfigNode | { refused: string }, wanted: Result): void {
  const isRefused = typeof wanted === "object" && wanted !== null && "refused" in wanted;
  if ("refused" in found) return assert(isRefused, `it is refused: ${found.refused}`);
  assert(!isRefused, `it is taken as ${JSON.stringify(encode(found))}`);
  assert.deepEqual(encode(found), wanted);
}

async function read(name: string) {
  return JSON.parse(await Deno.readTextFile(`${GOLDEN}${name}.json`));
}

for (const { text, result } of await read("scalars")) {
  Deno.test(`loadLayers() reads a scalar as Kedro does: ${text}`, async () => {
    compare(
      await load({ kind: "parameters", files: { "conf/base/parameters.yml": `v: ${text}\n` } }),
      result,
    );
  });
}

for (const { text, result } of await read("documents")) {
  Deno.test(`loadLayers() reads a file as Kedro does: ${JSON.stringify(text)}`, async () => {
    compare(await load({ kind: "parameters", files: { "conf/base/parameters.yml": text } }), result);
  });
}

/** The tree around each text in scripts/golden/renew.py. */
const TREE = {
  a: { b: 1, c: [1, "x", { d: 2.5 }], e: null, d: {} },
  b: "str",
  c: "a",
  e: { x: "pre ${..b}", z: 1e20 },
  q: 'it\'s "q"',
  m: "???",
};

for (const { text, result } of await read("interpolations")) {
  // Kedro's own OmegaConf is asked for these.
  if (/oc\.(?:create|decode)/.test(text)) continue;
  Deno.test(`loadLayers() resolves an interpolation as OmegaConf does: ${text}`, async () => {
    const tree = JSON.stringify({ ...TREE, n: { t: text, u: "near" } }).replace(
      '"q":',
      '"f": 1.0, "q":',
    ).replace("100000000000000000000", "1e+20");
    const found = await load({
      kind: "azureml",
      params: { g: 5, h: { i: "rp" } },
      files: {
        "conf/base/azureml.yml": tree,
        "conf/base/globals.yml": "g: 1\nh: {i: '${g}', x: y}\nl: [1, two]\n_p: 1\n",
      },
    });
    if ("refused" in found || found.kind !== "map") return compare(found, result);
    const near = found.entries.get("n");
    assert(near?.kind === "map");
    compare(near.entries.get("t")!, result);
  });
}

for (const { files, kind, strategy, params, result } of await read("layers")) {
  const shown = Object.entries(files as Record<string, string>)
    .map(([name, text]) => `${name.replace("conf/", "")} (${text.trim().replaceAll("\n", ", ")})`).join(
      " and ",
    );
  Deno.test(`loadLayers() merges (${strategy}) as Kedro does: ${shown}`, async () => {
    const found = await load({ files, kind, strategy, params });
    if ("refused" in found || !hasSeveralFiles(Object.keys(files))) return compare(found, result);
    assert.deepEqual(sorted(encode(found)), sorted(result));
  });
}

/** Returns whether an environment has several files, whose order in Kedro is random. */
function hasSeveralFiles(names: string[]): boolean {
  const folders = names.map((name) => name.split("/").slice(0, 2).join("/"));
  return new Set(folders).size < folders.length;
}

function sorted(value: Result): Result {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  if (!("map" in value)) return value;
  const entries = (value.map as [unknown, unknown][]).map(([key, item]) => [key, sorted(item)]);
  return { map: entries.sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1) };
}
