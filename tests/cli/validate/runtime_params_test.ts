import { deepEqual } from "node:assert/strict";
import { runtimeParamFindings } from "../../../src/app/project/params.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../../src/config/conf_folders.ts";
import { fakeContext } from "../../fakes/context.ts";

const FILES = {
  "/p/conf/base/parameters.yml": "alpha: 1\nmodel:\n  depth: 2\n  layers: {first: 1}\nlist: [1]\n",
  "/p/conf/local/.gitkeep": "",
  "/p/conf/base/catalog.yml": "a: ${runtime_params:day}\nb: ${runtime_params: run.id, 5}\n",
};
type Params = Readonly<Record<string, unknown>>;

/** What is found for parameters of the command line, of jobs, and the files of the project. */
async function findingsFor(
  params: Params,
  ofJobs: Readonly<Record<string, Params>> = {},
  files: object = FILES,
) {
  const nodes = [{ inputs: ["params:beta", "raw"] }, { inputs: ["params:opts.rate", "parameters"] }];
  const load = { root: "/p", env: "local", settings: DEFAULT_LOADER_SETTINGS, runtimeParams: params };
  const config = { place: (path: readonly string[]) => ({ file: path.join(".") }) };
  const session = { load, config, snapshot: { pipelines: { a: { nodes } } }, project: { root: "/p" } };
  const ctx = fakeContext({ files: files as Record<string, string> });
  const subject = { session, files: ["conf/base/catalog.yml", "conf/base/gone.yml"] } as unknown;
  return await runtimeParamFindings(ctx, subject as Parameters<typeof runtimeParamFindings>[1], [
    { params },
    ...Object.entries(ofJobs).map(([name, params]) => ({ job: { name, key: name }, params })),
  ]);
}

for (
  const [what, params, unknown] of [
    ["that the project has", { alpha: 2, list: [2] }, []],
    ["in place of a mapping", { model: 5 }, []],
    ["below a value that is no mapping", { list: { a: 1 } }, []],
    ["that nodes read", { beta: 1, opts: { rate: 2, other: 1 } }, []],
    ["that configuration files refer to", { day: "x", run: { id: 5 } }, []],
    ["with a mistyped name", { alhpa: 2 }, ['"alhpa" in the project (did you mean "alpha"?)']],
    [
      "that only begin like those that are read",
      { opt: 1, da: 1 },
      ['"opt" in the project', '"da" in the project'],
    ],
    ["with a mistyped name in a mapping", { model: { depth: 1, dpeth: 1, layers: { zzz: 1 } } }, [
      '"model.dpeth" in the project (did you mean "depth"?)',
      '"model.layers.zzz" in the project',
    ]],
  ] as const
) {
  Deno.test(`runtimeParamFindings() reports ${unknown.length} parameters ${what}`, async () => {
    const messages = (await findingsFor(params)).map(({ message }) => message);
    deepEqual(messages, unknown.map((name) => `No parameter ${name}`));
  });
}
