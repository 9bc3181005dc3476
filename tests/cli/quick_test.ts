import { equal } from "node:assert/strict";
import { overview } from "../../scripts/docs/help_overview.ts";
import OVERVIEW from "../../src/cli/help/overview.txt" with { type: "text" };
import { OVERVIEW_COLUMNS, quickAnswer } from "../../src/cli/quick.ts";
import { VERSION } from "../../src/core/version.ts";
import { run } from "../../src/cli/run.ts";
import { fakeContext } from "../fakes/context.ts";

async function slowAnswer(argv: readonly string[]): Promise<string> {
  const ctx = fakeContext({});
  equal(await run(argv, ctx), 0);
  return ctx.stdout();
}

Deno.test("overview.txt equals the help of the program", () => {
  equal(OVERVIEW, overview(fakeContext({})), "run `deno task docs`");
});

for (const argv of [["--version"], ["-V"]]) {
  Deno.test(`quickAnswer() of ${argv} equals the output of run()`, async () => {
    equal(quickAnswer(argv, undefined), await slowAnswer(argv));
    equal(quickAnswer(argv, 200), await slowAnswer(argv));
  });
}

Deno.test("quickAnswer() returns the version as JSON with --json", () => {
  equal(quickAnswer(["--version", "--json"], undefined), `{"version":"${VERSION}"}\n`);
  equal(quickAnswer(["--json", "-V"], 80), quickAnswer(["--version", "--json"], undefined));
});

Deno.test("quickAnswer() returns the help for its width, and undefined for other widths and commands", () => {
  equal(quickAnswer([], undefined), OVERVIEW);
  equal(quickAnswer(["-h"], OVERVIEW_COLUMNS), OVERVIEW);
  equal(quickAnswer(["--help"], OVERVIEW_COLUMNS + 1), undefined);
  for (const argv of [["submit", "--help"], ["--versio"], ["help"]]) {
    equal(quickAnswer(argv, undefined), undefined, argv.join(" "));
  }
});
