import assert from "node:assert/strict";
import { harmless, noCommands, shownName } from "../../../src/core/text/sanitize.ts";

Deno.test("harmless() leaves nothing that a terminal or a CI service obeys, and line breaks", () => {
  assert.equal(harmless("a\x1b[31mb\u202ec\r\n\td"), "a\ufffd[31mb\ufffdc\ufffd\n\td");
  assert.equal(harmless("x ##vso[task.setvariable variable=a]b"), "x # #vso[task.setvariable variable=a]b");
});

Deno.test("noCommands() leaves colours", () => {
  assert.equal(noCommands("\x1b[31m##[error]no\x1b[0m"), "\x1b[31m# #[error]no\x1b[0m");
});

Deno.test("shownName() is one line", () => {
  assert.equal(shownName("a\n::set-output name=x::y\tä"), "a\ufffd::set-output name=x::y\ufffdä");
});
