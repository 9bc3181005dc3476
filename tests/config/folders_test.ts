import { deepEqual, rejects } from "node:assert/strict";
import {
  DEFAULT_LOADER_SETTINGS,
  environments,
  envWarnings,
  folderOf,
  requireFolder,
} from "../../src/config/conf_folders.ts";
import { fakeContext } from "../fakes/context.ts";

const namesIn = (files: Record<string, string>) =>
  environments(fakeContext({ files }), { root: "/p", settings: DEFAULT_LOADER_SETTINGS });

Deno.test("environments() lists visible folders of conf", async () => {
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

const OPTIONS = { root: "/p", settings: DEFAULT_LOADER_SETTINGS };

for (
  const [what, files, env, error] of [
    ["an unknown environment", ["conf/base/a.yml", "conf/prod/a.yml"], "prd", {
      code: "config.no_env",
      message: 'Unknown environment "prd": folder "conf/prd" not found (did you mean "prod"?)',
      hint: 'Choose one with `-e` (base, prod), or create the folder "conf/prd"',
      data: { environments: ["base", "prod"] },
    }],
    ["an environment of a project without folders", [], "prd", {
      code: "config.no_env",
      hint: 'Create the folder "conf/prd"',
    }],
    ["a missing base environment", ["conf/prod/a.yml"], "base", {
      code: "config.no_folder",
      hint: "Run `kedro-azureml init` to create it",
    }],
    ["a hidden environment", ["conf/.dev/a.yml"], ".dev", {
      code: "config.hidden_env",
      message: 'Cannot load the environment ".dev": Kedro ignores folders whose name begins with "."',
      hint: 'Rename the folder "conf/.dev"',
    }],
  ] as const
) {
  Deno.test(`requireFolder() rejects ${what}`, async () => {
    const ctx = fakeContext({ files: Object.fromEntries(files.map((name) => [`/p/${name}`, ""])) });
    await rejects(requireFolder(ctx, folderOf(OPTIONS, env), { ...OPTIONS, env }), error);
  });
}

Deno.test("requireFolder() says when KEDRO_ENV names the unknown environment", async () => {
  const ctx = fakeContext({ files: { "/p/conf/base/a.yml": "" }, env: { KEDRO_ENV: "prd" } });
  await rejects(requireFolder(ctx, folderOf(OPTIONS, "prd"), { ...OPTIONS, env: "prd" }), {
    message: 'Unknown environment "prd" in KEDRO_ENV: folder "conf/prd" not found',
  });
});

Deno.test("requireFolder() suggests correcting CONF_SOURCE", async () => {
  const options = { root: "/p", settings: { ...DEFAULT_LOADER_SETTINGS, conf_source: "settings/" } };
  const ctx = fakeContext({ files: { "/p/settings/prod/a.yml": "" } });
  await rejects(requireFolder(ctx, folderOf(options, "base"), { ...options, env: "prod" }), {
    code: "config.no_folder",
    message: 'Configuration folder "settings/base" not found',
    hint: 'Create the folder "settings/base", or correct CONF_SOURCE in settings.py',
  });
});

Deno.test("folderOf() keeps an absolute CONF_SOURCE", () => {
  const of = (conf_source: string, env: string) =>
    folderOf({ root: "/p", settings: { ...DEFAULT_LOADER_SETTINGS, conf_source } }, env);
  deepEqual(of("conf//", "prod"), { path: "/p/conf/prod", name: "conf/prod" });
  deepEqual(of("/elsewhere", "prod"), { path: "/elsewhere/prod", name: "/elsewhere/prod" });
  deepEqual(of("C:\\conf\\", ""), { path: "C:\\conf", name: "C:\\conf" });
});

Deno.test("envWarnings() warns that default_run_env is not used", () => {
  deepEqual(envWarnings(undefined, { default_run_env: "dev" }), [{
    code: "config.default_env",
    message: 'Using the environment "local", but default_run_env in settings.py is "dev"',
    hint: "Add `-e dev` or set KEDRO_ENV to use it",
  }]);
  deepEqual(envWarnings("dev", { default_run_env: "dev" }), []);
  deepEqual(envWarnings(undefined, { default_run_env: "local" }), []);
});
