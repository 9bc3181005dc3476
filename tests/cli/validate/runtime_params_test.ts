import { deepEqual } from "node:assert/strict";
import { runtimeParamFindings } from "../../../src/app/project/params.ts";
import type { SelectedJobs } from "../../../src/app/project/open.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../../src/config/conf_folders.ts";
import { fakeContext } from "../../fakes/context.ts";

const FILES = {
  "/p/conf/base/parameters.yml":
    "alpha: 1\nmodel:\n  depth: 2\n  layers: {first: 1}\nforest: {trees: 1, level1: 2}\nlist: [1]\n",
  "/p/conf/local/.gitkeep": "",
  "/p/conf/base/catalog.yml": "a: ${runtime_params:day}\nb: ${runtime_params: run.id, 5}\n",
};
type Params = Readonly<Record<string, unknown>>;

/** What is found for parameters of the command line. */
async function findingsFor(params: Params) {
  const nodes = [
    { inputs: ["params:beta", "raw"] },
    { inputs: ["params:opts.rate", "parameters", "params:forest"] },
  ];
  const load = { root: "/p", env: "local", settings: DEFAULT_LOADER_SETTINGS, runtimeParams: params };
  const config = { place: (path: readonly string[]) => ({ file: path.join(".") }) };
  const session = { load, config, snapshot: { pipelines: { a: { nodes } } }, project: { root: "/p" } };
  const source = async () => ({ placeOf: (pattern: RegExp) => pattern.test("limit") ? {} : undefined });
  const selected = { session: { ...session, source }, jobs: new Map() } as unknown as SelectedJobs;
  const ctx = fakeContext({ files: FILES });
  return await runtimeParamFindings(ctx, selected, ["conf/base/catalog.yml", "conf/base/gone.yml"]);
}

for (
  const [what, params, unknown] of [
    ["of the project", { alpha: 2, list: [2] }, []],
    ["in place of a mapping", { model: 5 }, []],
    ["below a list", { list: { a: 1 } }, []],
    ["of nodes", { beta: 1, opts: { rate: 2, other: 1 } }, []],
    ["of configuration files", { day: "x", run: { id: 5 } }, []],
    ["of the code", { limit: 1, forest: { limit: 1 } }, []],
    ["new in a mapping of nodes", { forest: { leaves: 1, level2: 1 } }, []],
    ["mistyped in a mapping of nodes", { forest: { tress: 1 } }, [
      '"forest.tress" in the project (did you mean "forest.trees"?)',
    ]],
    ["with the path left out", { depth: 2 }, ['"depth" in the project (did you mean "model.depth"?)']],
    ["with a mistyped name", { alhpa: 2 }, ['"alhpa" in the project (did you mean "alpha"?)']],
    [
      "with the beginning of known names",
      { opt: 1, da: 1 },
      ['"opt" in the project', '"da" in the project (did you mean "day"?)'],
    ],
    ["with a mistyped name in a mapping", { model: { depth: 1, dpeth: 1, layers: { zzz: 1 } } }, [
      '"model.dpeth" in the project (did you mean "model.depth"?)',
      '"model.layers.zzz" in the project',
    ]],
  ] as const
) {
  Deno.test(`validate ${unknown.length === 0 ? "accepts" : "reports"} parameters ${what}`, async () => {
    const messages = (await findingsFor(params)).map(({ message }) => message);
    deepEqual(messages, unknown.map((name) => `No parameter ${name}`));
  });
}
