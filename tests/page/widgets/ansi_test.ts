import { deepEqual, equal } from "node:assert/strict";
import { linesOf, spansOf } from "../../../src/page/widgets/ansi.ts";

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
    equal(spansOf(line).every(({ style }) => style === ""), true, JSON.stringify(line));
  }
});

Deno.test("spansOf() maps 256-color codes to basic colors and ignores backgrounds and true colors", () => {
  equal(spansOf("\x1b[38;5;196mx")[0]!.style, "ansi1");
  equal(spansOf("\x1b[38;5;46mx")[0]!.style, "ansi2");
  equal(spansOf("\x1b[38;5;245mx")[0]!.style, "");
  equal(spansOf("\x1b[38;2;1;31;31mx")[0]!.style, "");
  equal(spansOf("\x1b[48;5;31mx")[0]!.style, "");
  equal(spansOf("\x1b[94mx")[0]!.style, "ansi4");
});

Deno.test("spansOf() combines styles and ends each at its own reset code", () => {
  const styles = (line: string) => spansOf(line).map(({ style }) => style);
  deepEqual(styles("\x1b[1ma\x1b[2mb\x1b[31mc\x1b[22md\x1b[39me"), [
    "bold",
    "bold dim",
    "ansi1 bold dim",
    "ansi1",
    "",
  ]);
  deepEqual(styles("\x1b[1;31ma\x1b[mb"), ["ansi1 bold", ""]);
  deepEqual(
    ["30", "37", "90", "97", "29", "38", "40", "89", "98"].map((code) => styles(`\x1b[${code}mx`)[0]),
    [
      ...["ansi0", "ansi7", "ansi0", "ansi7"],
      ...["", "", "", "", ""],
    ],
  );
  deepEqual(
    ["38;5;9;1", "48;5;9;1", "38;2;1;2;3;1", "38;1", "48:5:9:2", "4;5;1"].map((code) =>
      styles(`\x1b[${code}mx`)[0]
    ),
    [
      ...["ansi1 bold", "bold", "bold", "bold", "dim", "bold"],
    ],
  );
});

Deno.test("spansOf() chooses the basic color with the same red, green and blue parts", () => {
  const color = (code: number) => spansOf(`\x1b[38;5;${code}mx`)[0]!.style;
  deepEqual([0, 7, 8, 15].map(color), ["ansi0", "ansi7", "ansi0", "ansi7"]);
  deepEqual([16, 21, 226, 201, 51, 231, 232, 255].map(color), [
    "",
    "ansi4",
    "ansi3",
    "ansi5",
    "ansi6",
    "",
    "",
    "",
  ]);
  deepEqual([17, 18, 52, 88, 124, 173, 179, 188, 189].map(color), [
    "",
    "ansi4",
    "",
    "ansi1",
    "ansi1",
    "ansi1",
    "ansi3",
    "",
    "",
  ]);
});

Deno.test("linesOf() keeps only the last state of a progress bar", () => {
  deepEqual(linesOf(" 0%\r50%\r100%\nnext\r\n"), ["100%", "next"]);
});
