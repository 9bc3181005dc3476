import { equal } from "node:assert/strict";
import { quickAnswer } from "../../src/cli/quick.ts";
import { run } from "../../src/cli/command_line.ts";

import { fakeContext } from "../fakes/context.ts";

for (const argv of [["--version"], ["-V"]]) {
  Deno.test(`${argv} prints the version before the program is loaded`, async () => {
    const ctx = fakeContext({});
    equal(await run(argv, ctx), 0);
    equal(quickAnswer(argv), ctx.stdout());
  });
}

Deno.test("only --version is answered before the program is loaded", () => {
  for (
    const argv of [[], ["--help"], ["submit", "--help"], ["--versio"], ["-V", "-V"], ["-V", "--json", "x"]]
  ) {
    equal(quickAnswer(argv), undefined, argv.join(" "));
  }
});
