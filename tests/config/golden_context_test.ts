import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { loadLayers, type LoadOptions } from "../../src/config/load_layers.ts";
import { loadConfig } from "../../src/config/azureml_yml.ts";
import { toPlain } from "../../src/config/omegaconf/node.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../src/config/conf_folders.ts";
import type { LoaderSettings } from "../../src/core/loader_settings.ts";
import { UserError } from "../../src/core/errors.ts";
import { systemFs } from "../../src/system/fs.ts";

/** Each context-ENV.json has the result of Kedro's loader for a golden project and environment. */
const GOLDEN = fileURLToPath(new URL("../golden/", import.meta.url));
const MLFLOW = ["mlflow*", "mlflow*/**", "**/mlflow*"];
const SETTINGS: Record<string, Partial<LoaderSettings>> = {
  mlflow_absent: { config_patterns: { mlflow: MLFLOW } },
  trackflow: { config_patterns: { mlflow: MLFLOW } },
};
const REFUSED = { refused: true };
const KINDS = ["azureml", "globals", "mlflow", "catalog", "parameters"];

for (const project of [...Deno.readDirSync(GOLDEN)].filter((entry) => entry.isDirectory)) {
  const folder = `${GOLDEN}${project.name}`;
  const contexts = [...Deno.readDirSync(folder)].filter(({ name }) => name.startsWith("context-"));
  for (const { name } of contexts) {
    const env = name.slice("context-".length, -".json".length);
    Deno.test(`loadLayers() returns Kedro's values for ${project.name} in ${env}`, async () => {
      const expected = JSON.parse(await Deno.readTextFile(`${folder}/${name}`));
      const options: LoadOptions = {
        root: `${GOLDEN}projects/${project.name}`,
        env,
        settings: { ...DEFAULT_LOADER_SETTINGS, ...SETTINGS[project.name] },
      };
      if (expected.__error__ !== undefined) {
        return await assert.rejects(loadConfig({ fs: systemFs, env: {} }, options), UserError);
      }
      for (const kind of KINDS) {
        const wanted = expected[kind]?.__error__ === undefined ? expected[kind] : REFUSED;
        if (wanted === undefined || isTyped(wanted)) continue;
        assert.deepEqual(await outcome(kind, options), wanted, kind);
      }
    });
  }
}

/** Loads a kind of file; Kedro rejects a pattern without matches, except in the base environment. */
async function outcome(kind: string, options: LoadOptions): Promise<unknown> {
  try {
    const { values, files, patterns } = await loadLayers({ fs: systemFs, env: {} }, kind, options);
    const refused = files.length === 0 && kind !== "globals" &&
      (options.env !== "base" || patterns.length === 0);
    return refused ? REFUSED : withPythonKeys(toPlain(values));
  } catch (thrown) {
    if (thrown instanceof UserError) return REFUSED;
    throw thrown;
  }
}

/** Returns whether parameters were converted to project classes, which the loader does not do. */
function isTyped(value: unknown): boolean {
  return JSON.stringify(value).includes('"__class__"');
}

/** Writes a boolean key as Python's `str` does, like the golden files. */
function withPythonKeys(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll('"true":', '"True":'));
}
