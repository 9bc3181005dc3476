import { strictEqual } from "node:assert/strict";
import { isCi } from "../../src/core/env_vars.ts";

for (const name of ["CI", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "BUILD_BUILDID"]) {
  Deno.test(`isCi() is true if ${name} is set`, () => strictEqual(isCi({ [name]: "1" }), true));
}

Deno.test("isCi() is false without such a variable or if it is false", () => {
  for (const env of [{}, { CI: "" }, { CI: "false" }]) strictEqual(isCi(env), false);
});
