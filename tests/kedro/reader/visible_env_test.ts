import assert from "node:assert/strict";
import { chooseEnviron, namesInDotenv } from "../../../src/kedro/reader/visible_env.ts";
import { requireLinearTime } from "../../fakes/linear_time.ts";

const ENV = {
  AZURE_CLIENT_SECRET: "s",
  AZURE_TENANT_ID: "s",
  ARM_CLIENT_ID: "s",
  ACTIONS_ID_TOKEN_REQUEST_URL: "s",
  SYSTEM_ACCESSTOKEN: "s",
  GITHUB_TOKEN: "s",
  IDENTITY_ENDPOINT: "s",
  DB_PASSWORD: "s",
  API_KEY: "s",
  DATABASE_URL: "postgresql://me:hunter2@host/db",
  AWS_ACCESS_KEY_ID: "s",
  PATH: "/bin",
  KEDRO_ENV: "prod",
  DATA_ROOT: "/mnt",
};

Deno.test("chooseEnviron() outside CI hides only variables that look like secrets", () => {
  const { variables, withheld, warnings } = chooseEnviron(ENV, undefined);
  assert.deepEqual(variables, { KEDRO_ENV: "prod", DATA_ROOT: "/mnt" });
  assert.deepEqual(warnings, []);
  assert.equal(withheld.DB_PASSWORD, true);
  assert.equal(withheld.AZURE_TENANT_ID, false);
  assert.equal("PATH" in withheld || "DATA_ROOT" in withheld, false);
});

for (const ci of ["CI", "TF_BUILD", "GITHUB_ACTIONS"]) {
  Deno.test(`chooseEnviron() hides all variables if ${ci} is set`, () => {
    assert.deepEqual(chooseEnviron({ ...ENV, [ci]: "true" }, undefined).variables, {});
  });
}

Deno.test("chooseEnviron() shows allowed variables in CI, but never credentials of Azure or CI", () => {
  const allowed = ["DATA_ROOT", "API_KEY", "AZURE_CLIENT_SECRET", "SYSTEM_ACCESSTOKEN", "GITHUB_TOKEN"];
  const { variables, warnings } = chooseEnviron({ ...ENV, CI: "true" }, allowed);
  assert.deepEqual(variables, { DATA_ROOT: "/mnt", API_KEY: "s" });
  assert.deepEqual(
    warnings.map(({ message }) => message.match(/^(\w+) stays hidden/)?.[1]),
    ["AZURE_CLIENT_SECRET", "SYSTEM_ACCESSTOKEN", "GITHUB_TOKEN"],
  );
});

Deno.test("namesInDotenv() reads names with and without export and any line ending", () => {
  const text = "A=1\n  B = 2\r\nexport C=3\n\texport  D=x=y\n# E=5\nexportF=6\n9G=7\nH\n=8\rI=9\n\u00a0J=1\n";
  assert.deepEqual(namesInDotenv(text), ["A", "B", "C", "D", "exportF", "I", "J"]);
});

Deno.test("namesInDotenv() reads long blank text in linear time", () => {
  for (const text of ["\n", " ", "\t\n"]) {
    requireLinearTime((size) => {
      assert.deepEqual(namesInDotenv(text.repeat(size / text.length)), []);
      assert.deepEqual(namesInDotenv(`export${text.repeat(size / text.length)}`), []);
    });
  }
});
