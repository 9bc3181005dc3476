import { equal, ok } from "node:assert/strict";
import { cutLong } from "../../src/core/cut_long.ts";
import { UserError } from "../../src/core/errors.ts";
import { trimBoth, trimEnd } from "../../src/core/text/trim.ts";

Deno.test("cutLong() keeps the start and end and tells how much it omits", () => {
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

Deno.test("trimEnd() and trimBoth() remove the given characters", () => {
  equal(trimEnd("/a//", "/"), "/a");
  equal(trimEnd("///", "/"), "");
  equal(trimBoth("-a-b--", "-"), "a-b");
  equal(trimBoth("--", "-"), "");
});
