import assert from "node:assert/strict";
import { parseIgnoreFile, parseIgnorePattern } from "../../../../src/azureml/job/code/ignore.ts";

/** Matches of each pattern in azure-ai-ml 1.35.2; `include` is true for patterns that exclude files. */
interface Golden {
  readonly paths: string[];
  readonly patterns: { pattern: string; error?: true; include: boolean | null; matches: string[] }[];
}

const GOLDEN = new URL("../../../golden/snapshot/patterns.json", import.meta.url);
const { paths, patterns } = JSON.parse(await Deno.readTextFile(GOLDEN)) as Golden;

Deno.test("parseIgnorePattern() matches the same paths as azure-ai-ml", () => {
  for (const { pattern, error, include, matches } of patterns) {
    if (error) {
      assert.throws(() => parseIgnorePattern(pattern), SyntaxError, pattern);
      continue;
    }
    const parsed = parseIgnorePattern(pattern);
    assert.equal(parsed === undefined ? null : !parsed.includes, include, pattern);
    assert.deepEqual(paths.filter((path) => parsed?.matches(path)), matches, pattern);
  }
});

Deno.test("parseIgnoreFile() accepts a byte order mark and CRLF", () => {
  const rules = parseIgnoreFile("\ufeffa\r\nb\rc\n", ".amlignore");
  assert.deepEqual(["a", "b", "c", "d"].map((path) => rules.excludedBy(path) !== undefined), [
    true,
    true,
    true,
    false,
  ]);
});

/** Patterns that would make a backtracking regular expression run forever. */
const SLOW_PATTERNS = [
  ["14 stars", `${"*a".repeat(14)}b`],
  ["14 stars before /**", `${"*a".repeat(14)}b/**`],
  ["eight repetitions of **/*a*/", `x/${"**/*a*/".repeat(8)}b`],
] as const;
for (const [what, pattern] of SLOW_PATTERNS) {
  Deno.test(`parseIgnoreFile() matches ${what} in linear time`, () => {
    const rules = parseIgnoreFile(`${pattern}\n!${pattern}c\n`, ".amlignore");
    const name = "a".repeat(240);
    const path = `x/${`${name}/`.repeat(12)}${name}`;
    for (const one of [name, `x/${name}`, path]) {
      assert.equal(rules.excludedBy(one), undefined);
      assert.equal(rules.allBelowExcludedBy(one), undefined);
      rules.takesInBelow(one, () => true);
    }
  });
}

for (const part of ["*", "**/"]) {
  Deno.test(`parseIgnorePattern() rejects "${part}" repeated to 300,000 characters`, () => {
    const pattern = part.repeat(300_000 / part.length);
    assert.throws(() => parseIgnorePattern(pattern), /^SyntaxError: it has 300000 characters; at most 4096/);
  });
}

Deno.test("parseIgnoreFile() rejects more than 10,000 patterns", () => {
  const { excludedBy } = parseIgnoreFile("# a\n*.csv\n".repeat(10_000), ".amlignore");
  assert.equal(excludedBy("a.csv")?.pattern, "*.csv");
  assert.throws(() => parseIgnoreFile("a*b*c\n".repeat(10_001), ".amlignore"), {
    code: "file.too_large",
    message: ".amlignore has 10001 patterns; at most 10000 are read",
    hint: "Replace lines of .amlignore with a pattern that fits all of them, such as `data/**`",
    place: { file: ".amlignore" },
  });
});
