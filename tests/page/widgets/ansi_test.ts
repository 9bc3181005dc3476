import { deepEqual, equal } from "node:assert/strict";
import { readableLines, spansOf } from "../../../src/page/widgets/ansi.ts";

Deno.test("log shows colors of terminal codes and drops other codes", () => {
  deepEqual(spansOf("a \x1b[1;31mred\x1b[0m b"), [
    { text: "a " },
    { text: "red", style: { color: "var(--failed)", "font-weight": "600" } },
    { text: " b" },
  ]);
  const cases: readonly (readonly [string, string])[] = [
    ["\x1b[2J\x1b[1;1Htext", "text"],
    ["\x1b]0;title\x07text", "text"],
    ["\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"],
    ["\x1bPq#0\x1b\\text", "text"],
    ["te\x1bxt", "tet"],
    ["end\x1b", "end"],
    ["bell\x07 and \u202eturned", "bell\ufffd and \ufffdturned"],
    ["<b>&amp;", "<b>&amp;"],
  ];
  for (const [line, text] of cases) {
    equal(spansOf(line).map((span) => span.text).join(""), text, JSON.stringify(line));
    equal(spansOf(line).every(({ style }) => style === undefined), true, JSON.stringify(line));
  }
});

Deno.test("colors of a log have enough contrast in both themes", () => {
  const style = (codes: string) => spansOf(`\x1b[${codes}mx`)[0]!.style;
  deepEqual(style("94"), { color: "var(--running)" });
  deepEqual(style("38;5;9"), { color: "var(--failed)" });
  deepEqual(style("38;5;208"), { color: "color-mix(in srgb, rgb(255, 135, 0) 60%, var(--text))" });
  deepEqual(style("38;5;232"), { color: "color-mix(in srgb, rgb(8, 8, 8) 60%, var(--text))" });
  deepEqual(style("38;2;1;2;3"), { color: "color-mix(in srgb, rgb(1, 2, 3) 60%, var(--text))" });
  deepEqual(style("48;5;31"), { background: "color-mix(in srgb, rgb(0, 135, 175) 30%, transparent)" });
  deepEqual(style("41"), { background: "color-mix(in srgb, var(--failed) 30%, transparent)" });
  deepEqual(style("3;4"), { "font-style": "italic", "text-decoration": "underline" });
  deepEqual(style("2;9"), { opacity: "0.75", "text-decoration": "line-through" });
});

Deno.test("log folds frames of packages in a traceback", () => {
  const log = [
    "\x1b[32mstart\x1b[0m",
    "Traceback (most recent call last):",
    '  File "/p/src/shop/nodes.py", line 5, in split',
    "    return fit(1)",
    ...["sklearn/base.py", "pandas/core.py"].flatMap((path) => [
      `  File "/v/lib/python3.12/site-packages/${path}", line 7, in f`,
      "    pass",
    ]),
    "  in pandas._libs.index.IndexEngine.get_loc:172",
    "ValueError: no",
  ];
  const lines = readableLines(log.join("\n"));
  deepEqual(lines.map(({ text, at }) => [at, text]), [
    ...log.slice(0, 4).map((line, at) => [at, line]),
    [4, "3 frames of sklearn, pandas"],
    [9, "ValueError: no"],
  ]);
  deepEqual(lines[4]!.frames!.map(({ text }) => text), [
    '  File "sklearn/base.py", line 7, in f',
    "    pass",
    '  File "pandas/core.py", line 7, in f',
    "    pass",
    "  in pandas._libs.index.IndexEngine.get_loc:172",
  ]);
});
