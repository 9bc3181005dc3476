import { deepEqual, equal } from "node:assert/strict";
import {
  chooseEnviron,
  isNever,
  isShownIn,
  namesInDotenv,
  outsideByPath,
  ownFolders,
} from "../../src/kedro/visible.ts";
import { requireLinearTime } from "../fakes/linear_time.ts";

Deno.test("isNever() returns true for folders of programs and those that begin with a dot", () => {
  const names = ".git .ssh .azure .jupyter .streamlit node_modules site-packages __pycache__ conda-meta";
  for (const name of names.split(" ")) {
    deepEqual([isNever(name), isNever(name.toUpperCase())], [true, true], name);
  }
  for (const name of ["git", "azure", "src", "venv", "conda"]) equal(isNever(name), false, name);
});

Deno.test("isShownIn() returns false for allowed files of secrets", () => {
  equal(isShownIn(["/data", undefined], "/data/a.csv"), true);
  equal(isShownIn(["/data"], "/data/.aws/a.csv"), false);
  equal(isShownIn(["/data"], "/other/a.csv"), false);
  equal(isShownIn(["/data/id_rsa"], "/data/id_rsa"), false);
});

const inside = (root: string, ...outside: string[]) =>
  ownFolders({ root, outside }).map((folder) => folder.inside);

Deno.test("ownFolders() keeps relative paths between folders", () => {
  deepEqual(inside("/work/shop"), ["/project/shop"]);
  deepEqual(inside("/"), ["/project/project"]);
  deepEqual(inside("/work/a[b]*c?", "/work/libs [2]"), ["/project/a_b__c_", "/project/libs _2_"]);
  deepEqual(inside("/w/apps/shop", "/w/libs", "/w"), ["/project/apps/shop", "/project/libs", "/project"]);
});

Deno.test("ownFolders() omits folders of the project", () => {
  deepEqual(ownFolders({ root: "/w/shop", outside: ["/w/shop", "/w/shop/conf", "/w/shopping"] }), [
    { path: "/w/shop", inside: "/project/shop" },
    { path: "/w/shopping", inside: "/project/shopping" },
  ]);
  deepEqual(outsideByPath({ root: "/w/shop", outside: ["/w/shop/conf", "/libs"] }), {
    "/libs": "/project/libs",
  });
});

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

Deno.test("chooseEnviron() hides secret variables", () => {
  const { variables, withheld, warnings } = chooseEnviron(ENV, undefined);
  deepEqual(variables, { KEDRO_ENV: "prod", DATA_ROOT: "/mnt" });
  deepEqual(warnings, []);
  equal(withheld.DB_PASSWORD, true);
  equal(withheld.AZURE_TENANT_ID, false);
  equal("PATH" in withheld || "DATA_ROOT" in withheld, false);
});

for (const ci of ["CI", "TF_BUILD", "GITHUB_ACTIONS"]) {
  Deno.test(`chooseEnviron() hides all variables if ${ci} is set`, () => {
    deepEqual(chooseEnviron({ ...ENV, [ci]: "true" }, undefined).variables, {});
  });
}

Deno.test("chooseEnviron() hides credentials in CI despite --allow-env-names", () => {
  const allowed = ["DATA_ROOT", "API_KEY", "AZURE_CLIENT_SECRET", "SYSTEM_ACCESSTOKEN", "GITHUB_TOKEN"];
  const { variables, warnings } = chooseEnviron({ ...ENV, CI: "true" }, allowed);
  deepEqual(variables, { DATA_ROOT: "/mnt", API_KEY: "s" });
  deepEqual(
    warnings.map(({ message }) => message.match(/^(\w+) stays hidden/)?.[1]),
    ["AZURE_CLIENT_SECRET", "SYSTEM_ACCESSTOKEN", "GITHUB_TOKEN"],
  );
  deepEqual(warnings[0], {
    code: "kedro.env_withheld",
    message:
      "AZURE_CLIENT_SECRET stays hidden from the project's code: it identifies you to Azure or to the CI service",
    hint: "Remove AZURE_CLIENT_SECRET from `--allow-env-names`",
  });
});

Deno.test("chooseEnviron() shows a URL with an @ in its path", () => {
  const env = { URL: "https://host/a:b@c" };
  deepEqual(chooseEnviron(env, undefined), { variables: env, withheld: {}, warnings: [] });
});

Deno.test("namesInDotenv() returns the names in .env", () => {
  const text = "A=1\n  B = 2\r\nexport C=3\n\texport  D=x=y\n# E=5\nexportF=6\n9G=7\nH\n=8\rI=9\n\u00a0J=1\n";
  deepEqual(namesInDotenv(text), ["A", "B", "C", "D", "exportF", "I", "J"]);
});

Deno.test("namesInDotenv() takes linear time", () => {
  for (const text of ["\n", " ", "\t\n"]) {
    requireLinearTime((size) => {
      deepEqual(namesInDotenv(text.repeat(size / text.length)), []);
      deepEqual(namesInDotenv(`export${text.repeat(size / text.length)}`), []);
    });
  }
});
