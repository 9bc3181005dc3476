import { deepEqual, equal } from "node:assert/strict";
import { environments, envWarnings } from "../../../src/config/layers/folders.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../../src/config/layers/default_settings.ts";
import { fakeContext } from "../../fakes/context.ts";

const namesIn = (files: Record<string, string>) =>
  environments(fakeContext({ files }), { root: "/p", settings: DEFAULT_LOADER_SETTINGS });

Deno.test("environments() returns the visible folders directly in conf, sorted", async () => {
  const files = {
    "/p/conf/README.md": "",
    "/p/conf/prod/deep/catalog.yml": "",
    "/p/conf/base/catalog.yml": "",
    "/p/conf/.ipynb_checkpoints/a.yml": "",
  };
  deepEqual(await namesIn(files), ["base", "prod"]);
  deepEqual(await namesIn({ "/p/a.py": "" }), []);
  deepEqual(await namesIn({ "/p/conf": "a file" }), []);
});

Deno.test("envWarnings() warns about a default environment other than local unless an environment is chosen", () => {
  equal(envWarnings(undefined, { default_run_env: "dev" })[0]!.code, "config.default_env");
  deepEqual(envWarnings("dev", { default_run_env: "dev" }), []);
  deepEqual(envWarnings(undefined, { default_run_env: "local" }), []);
});
