import { equal, ok } from "node:assert/strict";
import { ANYTHING, fitsPieces, fitsStars, literal } from "../../src/core/names.ts";

Deno.test("fitsStars() matches anything for a star and ignores case", () => {
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

Deno.test("fitsStars() is fast for patterns that make a regular expression backtrack", () => {
  const start = performance.now();
  equal(fitsStars("*a".repeat(200) + "b", "a".repeat(4000)), false);
  ok(performance.now() - start < 5000);
});

Deno.test("fitsPieces() matches a boundary only after a slash", () => {
  const pattern = [...literal("a/"), ANYTHING, "boundary" as const, ...literal("b.yml")];
  for (
    const [text, expected] of [["a/b.yml", true], ["a/x/y/b.yml", true], ["a/xb.yml", false], [
      "b.yml",
      false,
    ]] as const
  ) {
    equal(fitsPieces(pattern, text), expected, text);
  }
});
