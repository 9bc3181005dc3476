import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { ciSystemOf, isCi } from "../../src/core/env_vars.ts";
import { withoutSecrets } from "../../src/core/secrets.ts";

for (const name of ["CI", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "BUILD_BUILDID"]) {
  Deno.test(`isCi() returns true if ${name} is set`, () => strictEqual(isCi({ [name]: "1" }), true));
}

for (
  const [env, system] of [
    [{ GITHUB_ACTIONS: "true", CI: "true" }, "github"],
    [{ GITHUB_ACTIONS: "1" }, "ci"],
    [{ TF_BUILD: "True" }, "azure-pipelines"],
    [{ TF_BUILD: "1" }, "ci"],
    [{ GITLAB_CI: "true", CI: "true" }, "gitlab"],
    [{ GITLAB_CI: "yes" }, "ci"],
    [{ JENKINS_URL: "https://ci" }, "ci"],
    [{}, undefined],
  ] as const
) {
  const shown = Object.entries(env).map(([name, value]) => `${name}=${value}`).join(" and ");
  Deno.test(`ciSystemOf() returns ${system} for ${shown || "no variables"}`, () =>
    strictEqual(ciSystemOf(env), system));
}

Deno.test("withoutSecrets() keeps proxies and paths", () => {
  const kept = {
    PATH: "/bin",
    HTTPS_PROXY: "http://ada:pw@proxy:3128",
    AZURE_FEDERATED_TOKEN_FILE: "/token",
    AZURE_CONFIG_DIR: "/azure",
  };
  const secrets = {
    AZURE_CLIENT_SECRET: "s",
    azure_client_secret: "s",
    IDENTITY_HEADER: "s",
    AZURE_PASSWORD: "s",
    MY_API_TOKEN: "s",
    AZURE_STORAGE_SAS: "s",
  };
  deepStrictEqual(withoutSecrets({ ...secrets, ...kept, NONE: undefined }), kept);
});
