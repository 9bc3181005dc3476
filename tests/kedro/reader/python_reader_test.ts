import { deepEqual } from "node:assert/strict";
import { openPython } from "../../../src/kedro/reader/python_reader.ts";
import { fakeContext } from "../../fakes/context.ts";

const PROJECT = { name: "Shop", packageName: "shop", kedroInitVersion: "1.0.0" };

/** What reader.py answers for a project without pipelines. */
const EMPTY = {
  project: {
    name: "Shop",
    package_name: "shop",
    kedro_init_version: "1.0.0",
    kedro_version: "1.0.0",
    source: "python",
    env: "local",
    runtime_params: {},
    settings: {
      conf_source: "conf",
      config_loader_class: "kedro.config.OmegaConfigLoader",
      base_env: "base",
      default_run_env: "local",
      config_patterns: {},
      merge_strategy: {},
      custom_resolvers: [],
    },
    stubs: [],
  },
  pipelines: {},
  pipeline_names: [],
  catalog: {},
  parameters: {},
  warnings: [],
  problems: [],
};

for (const [root, codes] of [["/work/shop[1]", ["kedro.folder_name"]], ["/work/shop", []]] as const) {
  Deno.test(`openPython() ${codes.length === 0 ? "does not warn" : "warns"} about project folder ${root}`, async () => {
    const stdout = JSON.stringify([{ ok: EMPTY }]);
    const { exec, signal } = fakeContext({
      exec: async () => ({ status: 0, stdout, stderr: "", found: true, timedOut: false }),
    });
    const project = { ...PROJECT, root, sourceDir: `${root}/src` };
    const { warnings } = await openPython({ exec, signal }, project, { env: "local" }, "python3").snapshot();
    deepEqual(warnings.map(({ code }) => code), codes);
  });
}
