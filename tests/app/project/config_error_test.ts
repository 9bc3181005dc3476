import { deepEqual, equal } from "node:assert/strict";
import { explainConfigError } from "../../../src/app/project/error_places.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../../src/config/conf_folders.ts";
import { UserError } from "../../../src/core/errors.ts";
import { fakeContext } from "../../fakes/context.ts";

const FILES = {
  "/p/conf/base/globals.yml": "bucket: a\n",
  "/p/conf/base/parameters.yml": "alpha: 1\ntrain:\n  seed: 2\n",
  "/p/conf/local/catalog.yml": "raw:\n  type: x\n",
};

const OWN_HINT = "the hint of before";

/** An error of Kedro as the program shows it. */
async function explained(
  message: string,
  { code = "kedro.parameters", settings = {}, ...parts }:
    & Partial<ConstructorParameters<typeof UserError>[1]>
    & {
      readonly settings?: object;
    } = {},
) {
  const load = {
    root: "/p",
    env: "local",
    settings: { ...DEFAULT_LOADER_SETTINGS, custom_resolvers: ["today"], ...settings },
  };
  const error = new UserError(message, { code, hint: OWN_HINT, ...parts });
  const found = await explainConfigError(
    fakeContext({ files: FILES }),
    load as unknown as Parameters<typeof explainConfigError>[1],
    error,
  );
  return { ...found, message: found.message, isSame: found === error };
}

const HINTS: readonly (readonly [message: string, hint: string, code?: string])[] = [
  ["Interpolation key 'alpa' not found", 'Did you mean "${alpha}"?'],
  ["Interpolation key 'alpa' not found", "Add `alpa` to the catalog", "kedro.catalog"],
  ["Unsupported interpolation type todya", 'Did you mean "${today:…}"?'],
  ["Unsupported interpolation type global", 'Did you mean "${globals:…}"?'],
  ["Unsupported interpolation type oc.env", OWN_HINT],
  ["Duplicate keys found in a.yml", OWN_HINT],
];

for (const [message, hint, code] of HINTS) {
  const outcome = hint === OWN_HINT ? "keeps the hint" : `suggests '${hint}'`;
  Deno.test(`the error "${message}" ${outcome}`, async () => {
    equal((await explained(message, code === undefined ? {} : { code })).hint, hint);
  });
}

Deno.test("an error of duplicate keys suggests setting base_env", async () => {
  const settings = { base_env: null };
  const hintOf = async (message: string) => (await explained(message, { settings })).hint;
  equal(
    await hintOf("Duplicate keys found in a.yml and b.yml"),
    'Add `"base_env": "base", "default_run_env": "local"` to CONFIG_LOADER_ARGS in settings.py, which replaces those of Kedro',
  );
  equal(await hintOf("Something else\nDuplicate keys found"), OWN_HINT);
});

Deno.test("an error of OmegaConf has the place of the value", async () => {
  const { place, message } = await explained("No such key\n    full_key: train.seed\n    object_type=dict");
  deepEqual(place, { file: "conf/base/parameters.yml", line: 3, column: 9, key: "train.seed" });
  equal(message, "No such key\n    object_type=dict");
});

Deno.test("an error of Kedro's catalog has the place of the entry", async () => {
  const { place, message } = await explained("Catalog entry 'raw' is odd", { code: "kedro.catalog" });
  deepEqual([place?.file, place?.line, place?.key], ["conf/local/catalog.yml", 2, "raw"]);
  equal(message, "Catalog entry 'raw' is odd");
});
