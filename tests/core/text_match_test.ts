import { equal, ok } from "node:assert/strict";
import { fitsStars } from "../../src/core/text_match.ts";

Deno.test("fitsStars() matches any text for a star", () => {
  for (
    const [pattern, text, expected] of [
      ["*", "", true],
      ["a*c", "ac", true],
      ["a*c", "aBBc", true],
      ["A*C", "abd", false],
      ["A*C", "abc", true],
      ["a*c", "ABC", true],
      ["*/read", "Microsoft.X/y/READ", true],
      ["a*b*c", "a1b2b3c", true],
      ["a.c", "abc", false],
      ["", "", true],
      ["", "a", false],
    ] as const
  ) equal(fitsStars(pattern, text), expected, `${pattern} ${text}`);
});

Deno.test("fitsStars() takes linear time", () => {
  const start = performance.now();
  equal(fitsStars("*a".repeat(200) + "b", "a".repeat(4000)), false);
  ok(performance.now() - start < 5000);
});
