import { deepEqual, match, ok } from "node:assert/strict";
import { pageText } from "../../../src/cli/commands/help.ts";
import { PAGES } from "../../../src/cli/commands/help_pages.ts";

const PAGE = `# Title

Some words that are
on two lines, with [a link](json.md).

> a quote that is
> on two lines, and so wide that it wraps

- an item
  of two lines

| key   | what it is         |
| ----- | ------------------ |
| \`a\`   | one \\| two         |
| \`bcd\` | ${"many words ".repeat(9)}|
`;

Deno.test("help pages wrap paragraphs and tables to the width of the terminal", () => {
  deepEqual(pageText(PAGE, 44).trimEnd().split("\n"), [
    "# Title",
    "",
    "Some words that are on two lines, with a",
    "link (`kedro-azureml help json`).",
    "",
    "> a quote that is on two lines, and so wide",
    "> that it wraps",
    "",
    "- an item of two lines",
    "",
    "key    what it is",
    `─────  ${"─".repeat(37)}`,
    "`a`    one | two",
    "`bcd`  many words many words many words many",
    "       words many words many words many",
    "       words many words many words",
  ]);
});

Deno.test("help pages print a wide table row on several lines", () => {
  const table = pageText(PAGE, 20).split("\n").slice(-14);
  match(table.join("\n"), /^`bcd`\n {4}many words/m);
  ok(table.every((line) => line.length <= 20));
});

for (const [name, page] of Object.entries(PAGES)) {
  Deno.test(`text of help ${name} fits 80 columns`, () => {
    const long = pageText(page, 80).split("\n").filter((line) =>
      line.length > 80 && !line.startsWith("    ")
    );
    deepEqual(long.filter((line) => !/https?:|`[^`]{20,}`/.test(line)), []);
  });
}
