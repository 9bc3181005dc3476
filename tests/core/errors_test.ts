import { deepEqual, equal, ok } from "node:assert/strict";
import { cutLong, isOpenElsewhere, UserError } from "../../src/core/errors.ts";
import { interruption } from "../../src/core/interruption.ts";

Deno.test("cutLong() omits the middle of a long text", () => {
  equal(cutLong("abc", 3), "abc");
  equal(
    cutLong("a".repeat(75) + "b".repeat(900) + "c".repeat(20), 100),
    `${"a".repeat(75)} … 900 more characters … ${"c".repeat(20)}`,
  );
  ok(cutLong("😀".repeat(100), 100).isWellFormed());
});

Deno.test("UserError shortens long values", () => {
  const long = "x".repeat(1_000_000);
  const { message, hint, details } = new UserError(long, {
    code: "a.b",
    exit: 3,
    hint: long,
    details: [long],
  });
  ok([message, hint!].every((text) => text.startsWith(`${"x".repeat(1500)} …`)));
  ok(details[0]!.startsWith(`${"x".repeat(12_000)} …`));
});

Deno.test("isOpenElsewhere() recognizes Windows errors in any language", () => {
  for (
    const text of [
      "The process cannot access the file because it is being used by another process. (os error 32): open 'C:\\a'",
      "Der Prozess kann nicht auf die Datei zugreifen, da sie von einem anderen Prozess verwendet wird. (os error 32)",
      "別のプロセスがファイルの一部をロックしているため、プロセスはファイルにアクセスできません。 (os error 33)",
      "Sharing violation. (os error 32): open 'Z:\\a'",
    ]
  ) ok(isOpenElsewhere(new Error(text)), text);
});

Deno.test("interruption() names the signal", () => {
  const [terminated, interrupted] = [
    interruption("SIGTERM"),
    interruption("SIGINT", ["job a keeps running"], { hint: "Cancel it", details: ["a"], data: { jobs: 1 } }),
  ];
  deepEqual([terminated.message, terminated.exit], ["Interrupted by SIGTERM", 143]);
  deepEqual([interrupted.message, interrupted.exit], ["Interrupted (Ctrl+C); job a keeps running", 130]);
  const { code, hint, details, data } = interrupted;
  deepEqual([code, hint, details, data], ["interrupted", "Cancel it", ["a"], { jobs: 1 }]);
});
