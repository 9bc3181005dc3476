import assert from "node:assert/strict";
import { linePrinter } from "../../../src/kedro/reader/sandbox_client.ts";

function printed(...texts: string[]): string[] {
  const lines: string[] = [];
  const print = linePrinter((line) => lines.push(line));
  texts.forEach(print);
  return lines;
}

Deno.test("linePrinter() prints a last line without a line break", () => {
  assert.deepEqual(printed("a", "b\nc\r\nd", ""), ["project: ab\n", "project: c\n", "project: d\n"]);
});

Deno.test("linePrinter() prints a line above 256 KiB at once", () => {
  assert.deepEqual(printed("a\n", ""), ["project: a\n"]);
  assert.equal(printed("x".repeat(256 * 1024)).length, 0);
  assert.equal(printed("x".repeat(256 * 1024 + 1)).length, 1);
});

Deno.test("linePrinter() shortens a long line", () => {
  const [line = ""] = printed(`${"x".repeat(50_000)}\n`);
  assert.match(line, /^project: x{4096}… \(50000 characters\)\n$/);
});

Deno.test("linePrinter() says that it omits further lines", () => {
  const lines = printed(...Array.from({ length: 100_000 }, (_, at) => `line ${at}\n`));
  assert.ok(lines.length < 50_000);
  assert.equal(lines.at(-1), "project: … (what it prints after this is left out)\n");
});

Deno.test("linePrinter() omits library lines of a traceback", () => {
  const dump = [
    "Stack (most recent call first):",
    '  File "/project/shop/src/shop/pipeline_registry.py", line 1 in <module>',
    '  File "<frozen importlib._bootstrap>", line 491 in _call_with_frames_removed',
    '  File "/lib/python314.zip/importlib/__init__.py", line 88 in import_module',
    '  File "/site.zip/kedro/framework/project/__init__.py", line 235 in inner',
    "",
  ].join("\n");
  assert.deepEqual(printed(dump).length, 2);
});
