import { equal, ok } from "node:assert/strict";
import { cutLong, isOpenElsewhere, UserError } from "../../src/core/errors.ts";

Deno.test("cutLong() keeps the start and end and counts the omitted characters", () => {
  equal(cutLong("abc", 3), "abc");
  equal(
    cutLong("a".repeat(75) + "b".repeat(900) + "c".repeat(20), 100),
    `${"a".repeat(75)} … 900 more characters … ${"c".repeat(20)}`,
  );
});

Deno.test("UserError shortens long values", () => {
  const long = "x".repeat(1_000_000);
  const { message, hint, details } = new UserError(long, {
    code: "a.b",
    exit: 3,
    hint: long,
    details: [long],
  });
  ok([message, hint!, ...details].every((text) => text.length < 20_000));
});

Deno.test("UserError has the exit code of its area, unless it has one of its own", () => {
  const exitOf = (code: string, own?: 5) => new UserError("x", { code, ...(own && { exit: own }) }).exit;
  equal(exitOf("usage.option"), 2);
  equal(exitOf("auth.tenant"), 4);
  equal(exitOf("network.name"), 6);
  equal(exitOf("kedro.exit"), 3);
  equal(exitOf("usage.option", 5), 5);
});

Deno.test("isOpenElsewhere() recognizes Windows errors in any language, and Wine's", () => {
  for (
    const text of [
      "The process cannot access the file because it is being used by another process. (os error 32): open 'C:\\a'",
      "Der Prozess kann nicht auf die Datei zugreifen, da sie von einem anderen Prozess verwendet wird. (os error 32)",
      "別のプロセスがファイルの一部をロックしているため、プロセスはファイルにアクセスできません。 (os error 33)",
      "Sharing violation. (os error 32): open 'Z:\\a'",
    ]
  ) ok(isOpenElsewhere(new Error(text)), text);
});

Deno.test("isOpenElsewhere() returns false for other error numbers, systems and values", () => {
  ok(!isOpenElsewhere(new Error("Broken pipe (os error 32)")));
  ok(!isOpenElsewhere(new Error("Access is denied. (os error 5)")));
  ok(!isOpenElsewhere("Sharing violation. (os error 32)"));
});
