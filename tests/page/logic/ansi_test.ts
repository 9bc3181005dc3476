import { deepEqual, equal } from "node:assert/strict";
import { linesOf, spansOf } from "../../../src/page/logic/ansi.ts";

Deno.test("spansOf() turns colors into classes and drops other terminal codes", () => {
  deepEqual(spansOf("a \x1b[1;31mred\x1b[0m b"), [
    { text: "a ", style: "" },
    { text: "red", style: "ansi1 bold" },
    { text: " b", style: "" },
  ]);
  const cases: readonly (readonly [string, string])[] = [
    ["\x1b[2J\x1b[1;1Htext", "text"],
    ["\x1b]0;title\x07text", "text"],
    ["\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"],
    ["\x1bPq#0\x1b\\text", "text"],
    ["te\x1bxt", "tet"],
    ["end\x1b", "end"],
    ["bell\x07 and \u202eturned", "bell\ufffd and \ufffdturned"],
  ];
  for (const [line, text] of cases) {
    equal(spansOf(line).map((span) => span.text).join(""), text, JSON.stringify(line));
  }
});

Deno.test("spansOf() maps 256 colors to the nearest and ignores backgrounds and true colors", () => {
  equal(spansOf("\x1b[38;5;196mx")[0]!.style, "ansi1");
  equal(spansOf("\x1b[38;5;46mx")[0]!.style, "ansi2");
  equal(spansOf("\x1b[38;5;245mx")[0]!.style, "");
  equal(spansOf("\x1b[38;2;1;31;31mx")[0]!.style, "");
  equal(spansOf("\x1b[48;5;31mx")[0]!.style, "");
  equal(spansOf("\x1b[94mx")[0]!.style, "ansi4");
});

Deno.test("linesOf() keeps only the last state of a progress bar", () => {
  deepEqual(linesOf(" 0%\r50%\r100%\nnext\r\n"), ["100%", "next"]);
});
