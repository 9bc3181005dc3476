import { deepEqual } from "node:assert/strict";
import { resolve } from "node:path";
import plugin from "../../scripts/lint_tests.ts";

function rulesBroken(text: string, file = "tests/a_test.ts"): string[] {
  return Deno.lint.runPlugin(plugin, resolve(import.meta.dirname!, "../..", file), text).map(({ id }) => id);
}

const BROKEN: readonly (readonly [text: string, rule: string])[] = [
  ["await rejects(run());", "tests/any-error"],
  ["assert.throws(() => run());", "tests/any-error"],
  ['Object.assign(SIGNED_IN, { CI: "true" });', "tests/shared-change"],
  ["SEED.secret = 1;", "tests/shared-change"],
  ["SEED.jobs[0] = 1;", "tests/shared-change"],
  ["delete SEED.secret;", "tests/shared-change"],
  ["CASES.push(1);", "tests/shared-change"],
  ['Deno.test({ name: "x", ignore: true, fn() {} });', "tests/always-ignored"],
  ['Deno.test.only("x", () => {});', "tests/always-ignored"],
];

for (const [text, rule] of BROKEN) {
  Deno.test(`lint plugin for tests rejects ${text}`, () => {
    deepEqual(rulesBroken(text), [rule]);
    deepEqual(rulesBroken(text, "src/core/a.ts"), []);
  });
}

Deno.test("lint plugin for tests accepts tests that can fail", () => {
  deepEqual(
    rulesBroken(`
      const CASES = [1].sort();
      await rejects(run(), { code: "x" });
      assert.throws(() => run(), /no/);
      const env = { ...SIGNED_IN, CI: "true" };
      env.CI = "false";
      Deno.test({ name: "x", ignore: Deno.build.os === "windows", fn() {} });
    `),
    [],
  );
});
