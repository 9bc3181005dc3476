import assert from "node:assert/strict";
import { harmless, shownJson, shownName, shownText } from "../../src/core/untrusted.ts";

Deno.test("harmless() replaces control characters", () => {
  assert.equal(harmless("a\x1b[31mb\u202ec\r\n\td"), "a\ufffd[31mb\ufffdc\ufffd\n\td");
  assert.equal(harmless("x ##vso[task.setvariable variable=a]b"), "x # #vso[task.setvariable variable=a]b");
});

Deno.test("shownName() replaces line breaks", () => {
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
  ["a\u200bb\ufeffc\u{e0041}d\u200de", "a\ufffdb\ufffdc\ufffdd\u200de"],
];

Deno.test("shownText() escapes control characters and CI commands", () => {
  for (const [text, shown] of COMMANDS) {
    assert.equal(shownText(text, { color: false }), shown);
    assert.equal(shownText(text, { color: true }), shown);
  }
});

Deno.test("shownJson() escapes CI commands", () => {
  const value = COMMANDS.map(([text]) => ({ [text]: text }));
  const json = shownJson(JSON.stringify(value));
  assert.deepEqual(JSON.parse(json), value);
  assert.equal(shownText(json, { color: false }), json);
});
