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

Deno.test("VERSION equals the version in deno.json", async () => {
  equal(JSON.parse(await Deno.readTextFile(new URL("deno.json", root))).version, VERSION);
});
