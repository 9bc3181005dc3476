import assert from "node:assert/strict";
import {
  escaped,
  harmless,
  isOutside,
  noCommands,
  pathBelow,
  shownJson,
  shownName,
  shownText,
} from "../../src/core/untrusted.ts";

Deno.test("harmless() replaces control characters and CI commands but keeps line breaks", () => {
  assert.equal(harmless("a\x1b[31mb\u202ec\r\n\td"), "a\ufffd[31mb\ufffdc\ufffd\n\td");
  assert.equal(harmless("x ##vso[task.setvariable variable=a]b"), "x # #vso[task.setvariable variable=a]b");
});

Deno.test("noCommands() replaces CI commands but keeps colors", () => {
  assert.equal(noCommands("\x1b[31m##[error]no\x1b[0m"), "\x1b[31m# #[error]no\x1b[0m");
});

Deno.test("shownName() replaces line breaks and tabs in a name", () => {
  assert.equal(shownName("a\n::set-output name=x::y\tä"), "a\ufffd::set-output name=x::y\ufffdä");
});

/** Text with CI commands or control characters, and its escaped form. */
const COMMANDS: readonly (readonly [text: string, shown: string])[] = [
  ["::warning::x", ": :warning::x"],
  ["a\n  ::add-mask::x", "a\n  : :add-mask::x"],
  ["a\r::error::x", "a\n: :error::x"],
  ["a\u00a0\n\u3000::error::x", "a\u00a0\n\u3000: :error::x"],
  ["\x1b[31m::error::x\x1b[0m", ": :error::x"],
  ["a::b", "a::b"],
  ["x##vso[task.complete]", "x# #vso[task.complete]"],
  ["##[error]x", "# #[error]x"],
  ["##\x1b[1mvso[task.complete]", "# #vso[task.complete]"],
  ["##teamcity[x]", "# #teamcity[x]"],
  ["a\x1b]0;title\x07b\x9b31m\x85\u2028c", "a\ufffd]0;title\ufffdb\ufffd31m\ufffd\ufffdc"],
  ["a\x1b[8mhidden\x1b[2J", "a\ufffd[8mhidden\ufffd[2J"],
];

Deno.test("shownText() escapes control characters and CI commands, with and without colors", () => {
  for (const [text, shown] of COMMANDS) {
    assert.equal(shownText(text, { color: false }), shown);
    assert.equal(shownText(text, { color: true }), shown);
  }
});

Deno.test("shownText() keeps colors only on a terminal", () => {
  const text = "\x1b[32m✓\x1b[0m a \x1b[1;31mb\x1b[m";
  assert.equal(shownText(text, { color: true }), text);
  assert.equal(shownText(text, { color: false }), "✓ a b");
});

Deno.test("shownJson() keeps values and leaves nothing for shownText() to escape", () => {
  const value = COMMANDS.map(([text]) => ({ [text]: text }));
  const json = shownJson(JSON.stringify(value));
  assert.deepEqual(JSON.parse(json), value);
  assert.equal(shownText(json, { color: false }), json);
});

Deno.test("escaped.xml() escapes text for elements and attributes", () => {
  assert.equal(escaped.xml(`<a href="x&y">'b'</a>`), "&lt;a href=&quot;x&amp;y&quot;&gt;'b'&lt;/a&gt;");
});

Deno.test("pathBelow() returns the path with slashes, and nothing for what is outside", () => {
  assert.equal(pathBelow("/a/b", "/a/b/c/d"), "c/d");
  assert.equal(pathBelow("/a/b", "/a/b"), "");
  assert.equal(pathBelow("/a/b", "/a/b/..data/x"), "..data/x");
  assert.equal(pathBelow("/a/b", "/a/bc"), undefined);
  assert.equal(pathBelow("/a/b", "/a"), undefined);
  for (const path of ["..", "../x", "/x", "C:/x", "d:x"]) assert.equal(isOutside(path), true, path);
  for (const path of ["", "..data", "...", "a/../b"]) assert.equal(isOutside(path), false, path);
});
