import { equal } from "node:assert/strict";

import { wrapLines } from "../../../src/cli/text/render.ts";
import { makeWorld } from "../world.ts";

Deno.test("long lines break between words", () => {
  equal(wrapLines("error: one two three\n  at a:1\n", 14), "error: one two\n  three\n  at a:1\n");
  equal(wrapLines("  detail with words", 12), "  detail\n    with\n    words");
});

Deno.test("wrapped lines of a log are indented up to its text", () => {
  equal(
    wrapLines("fit │   one two three four five six", 26),
    "fit │   one two three four\n    │     five six",
  );
  equal(wrapLines("fit │ one two three four five six", 12), "fit │ one two three four\n    │   five six");
});

Deno.test("wrapped lines keep commands and links in one piece", () => {
  equal(
    wrapLines("hint: Run `kedro-azureml job list --limit 5` now", 20),
    "hint: Run\n  `kedro-azureml job list --limit 5`\n  now",
  );
  equal(
    wrapLines(`see https://a.example/${"x".repeat(30)}`, 20),
    `see\n  https://a.example/${"x".repeat(30)}`,
  );
});

Deno.test("job list, show and logs, submit --dry-run, inspect and files fit a narrow terminal", async () => {
  const { kedroAzureml, printed } = makeWorld({ columns: 40 });
  await kedroAzureml("submit main --wait --name a-name-that-is-rather-long");
  for (const line of ["job list", "job show", "job logs", "submit main --dry-run", "inspect", "files"]) {
    for (const shown of (await printed(line)).split("\n")) {
      equal(shown.length <= 40 || !shown.trim().includes("  "), true, `${line}: ${shown}`);
    }
  }
});
