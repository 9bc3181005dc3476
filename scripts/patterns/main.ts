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
  Deno.env.set("RECHECK_BACKEND", "pure");
  const { checkSync } = await import("recheck");
  const wanted = patterns.linear.filter((pattern) => pattern.includes(Deno.args[0] ?? ""));
  const failed = wanted.filter((pattern) => {
    const end = pattern.lastIndexOf("/");
    // The other checker tries random texts, so its result is no proof and varies.
    const { status } = checkSync(pattern.slice(1, end), pattern.slice(end + 1), {
      timeout: LIMIT_MS,
      checker: "automaton",
    });
    if (status !== "safe") console.error(`${pattern}\n  ${status}`);
    return status !== "safe";
  });
  console.log(`${wanted.length - failed.length} regular expressions are linear, ${failed.length} are not`);
  Deno.exit(failed.length === 0 ? 0 : 1);
}
