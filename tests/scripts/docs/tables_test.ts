import { equal } from "node:assert/strict";
import { PAGES, renewed } from "../../../scripts/docs/tables.ts";
import { VERSION } from "../../../src/core/version.ts";

const root = new URL("../../../", import.meta.url);

for (const page of Object.keys(PAGES)) {
  Deno.test(`${page} has up-to-date tables`, async () => {
    const text = await Deno.readTextFile(new URL(page, root));
    const hint = "run `deno task docs`";
    equal(unaligned(renewed(page, text)), unaligned(text), hint);
  });
}

/** Ignores the column widths that `deno fmt` changes. */
function unaligned(text: string): string {
  return text.replace(/ +\|/g, " |").replace(/-{3,} ?\|/g, "---|").replace(/\| -/g, "|-");
}

Deno.test("VERSION matches deno.json and CHANGELOG.md", async () => {
  const read = (path: string) => Deno.readTextFile(new URL(path, root));
  equal(JSON.parse(await read("deno.json")).version, VERSION);
  equal(/^## (\S+)/m.exec(await read("CHANGELOG.md"))![1], VERSION);
  for (const page of ["README.md", "docs/install.md", "action.yml"]) {
    const named = (await read(page)).matchAll(
      /(?:kedro-azureml(?:-cli)?(?:-linux-x64)?(?:==|-| )v?|such as )(\d+\.\d+\.\d+)/g,
    );
    for (const [text, version] of named) equal(version, VERSION, `${page}: ${text}`);
  }
});
