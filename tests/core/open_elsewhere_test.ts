import { ok } from "node:assert/strict";
import { isOpenElsewhere } from "../../src/core/open_elsewhere.ts";

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
