// deno-lint-ignore-file no-console -- this prints what it proves
/**
 * Proves that each regular expression in `linear` of patterns.json takes time linear in the length of its text, with
 * `recheck`. `tests/scripts/patterns_test.ts` checks that patterns.json lists every expression of src/.
 *
 * usage: deno task patterns [PART OF AN EXPRESSION]
 */
import patterns from "./patterns.json" with { type: "json" };

const LIMIT_MS = 120_000;

if (import.meta.main) {
  const { check } = await import("recheck");
  const wanted = patterns.linear.filter((pattern) => pattern.includes(Deno.args[0] ?? ""));
  let failed = 0;
  for (const pattern of wanted) {
    const end = pattern.lastIndexOf("/");
    // The other checker tries random texts, so its result is no proof and varies.
    const options = { timeout: LIMIT_MS, checker: "automaton" } as const;
    const { status } = await check(pattern.slice(1, end), pattern.slice(end + 1), options);
    if (status === "safe") continue;
    console.error(`${pattern}\n  ${status}`);
    failed++;
  }
  console.log(`${wanted.length - failed} regular expressions are linear, ${failed} are not`);
  Deno.exit(failed === 0 ? 0 : 1);
}
