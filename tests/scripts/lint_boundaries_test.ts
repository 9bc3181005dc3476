import { deepStrictEqual } from "node:assert/strict";
import plugin from "../../scripts/lint_boundaries.ts";

/** Returns the messages of the plugin for a file of `src/`. */
function lintMessages(path: string, text: string): string[] {
  return Deno.lint.runPlugin(plugin, `/checkout/src/${path}`, text).map(({ message }) => message);
}

const refused: readonly (readonly [string, string, string])[] = [
  ["kedro/a.ts", 'import "../config/azureml/load.ts";', '"kedro" may not import "config"'],
  ["core/errors.ts", 'import { run } from "../cli/run.ts";', '"core" may not import "cli"'],
  [
    "cli/a.ts",
    'import { getJob } from "../azureml/service/runs/run.ts";',
    '"cli" may not import "azureml", except for types',
  ],
  [
    "kedro/sandbox/a.ts",
    'import { textHash } from "../../core/encoding.ts";',
    '"kedro/sandbox/a.ts" is bundled and may import only kedro/sandbox/, kedro/python/, core/bytes.ts, ' +
    "core/json.ts, core/text_match.ts",
  ],
  [
    "kedro/a.ts",
    'import { parse } from "yaml";',
    '"yaml" may be imported in config/omegaconf/yaml, config/write_yaml.ts, app/setup/rewrite_catalog.ts, emulator/state/seed.ts only',
  ],
  [
    "cli/a.ts",
    'import x from "npm:@azure/identity@4";',
    '"@azure/identity" may be imported in credentials/ only',
  ],
];

for (const [path, text, message] of refused) {
  Deno.test(`lint plugin rejects ${text} in ${path}`, () =>
    deepStrictEqual(lintMessages(path, text), [message]));
}

const outside = [
  "Deno.env.get('A')",
  "Date.now()",
  "fetch('x')",
  "setTimeout(f, 1)",
  "import fs from 'node:fs'",
];

for (const text of outside) {
  Deno.test(`lint plugin rejects ${text} outside the Context`, () => {
    deepStrictEqual(
      new Set(lintMessages("kedro/a.ts", text)),
      new Set(["The outside is reached through the Context only"]),
    );
  });
}

Deno.test("lint plugin rejects options in messages of app", () => {
  for (const text of ["new UserError(`Omit \\`--all\\``, {})", 'const a = { message: "use `-j`" };']) {
    deepStrictEqual(lintMessages("app/a.ts", text), ["Only hints name options below cli"]);
    deepStrictEqual(lintMessages("cli/a.ts", text), []);
  }
  const hinted = 'new UserError("No job given", { hint: "Choose one, such as `-j main`" })';
  deepStrictEqual(lintMessages("app/a.ts", hinted), []);
});

Deno.test("lint plugin accepts imports of lower layers", () => {
  const text = `
    import { UserError } from "../../core/errors.ts";
    import type { ProjectSnapshot } from "../../kedro/snapshot.ts";
    const start = new Date(0);
    if (thrown instanceof Deno.errors.NotFound) throw thrown;
  `;
  deepStrictEqual(lintMessages("azureml/job/a.ts", text), []);
  deepStrictEqual(lintMessages("cli/a.ts", 'import type { Job } from "../azureml/service/runs/run.ts";'), []);
  deepStrictEqual(lintMessages("system/context.ts", "Deno.exit(1)"), []);
  deepStrictEqual(lintMessages("system/fs.ts", "Deno.readTextFile('a')"), []);
});
