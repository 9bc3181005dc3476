import { deepEqual, equal } from "node:assert/strict";
import { isNever, isSecretPath, isShownIn, outsideByPath, ownFolders } from "../../src/kedro/visible.ts";

Deno.test("isNever() is true for folders of tools and of credentials, in any case", () => {
  const names =
    ".git .hg .svn .venv .tox .nox .eggs .direnv node_modules site-packages __pycache__ .ipynb_checkpoints " +
    ".mypy_cache .pytest_cache .ruff_cache .cache .idea .vscode .dvc .terraform conda-meta .ssh .gnupg .aws .azure .kube";
  for (const name of names.split(" ")) {
    deepEqual([isNever(name), isNever(name.toUpperCase())], [true, true], name);
  }
  for (const name of ["git", "azure", "src", "venv", "conda"]) equal(isNever(name), false, name);
});

Deno.test("isSecretPath() is true for files with credentials, keys and certificates, and in folders of them", () => {
  const names =
    "credentials credentials.yml credentials_db.json .env .env.local netrc .netrc _netrc .pypirc .pgpass " +
    ".npmrc .git-credentials .dockercfg .htpasswd kubeconfig accessTokens.json id_rsa id_rsa.pub id_dsa id_ecdsa " +
    "id_ed25519 tls.pem tls.key tls.pfx tls.p12 a.keystore a.jks a.ppk a.kdbx a.crt a.cer a.der TLS.PEM";
  for (const name of names.split(" ")) {
    deepEqual([name, `conf/${name}`, `conf\\${name}`].map(isSecretPath), [true, true, true], name);
  }
  equal(isSecretPath(".aws/config.txt"), true);
  for (const name of ["env", "a.env", "keys.py", "my_credentials.yml", "src/key.py", "pem", "id_rs"]) {
    equal(isSecretPath(name), false, name);
  }
});

Deno.test("isShownIn() shows no file with secrets, even if the user allows the file itself", () => {
  equal(isShownIn(["/data", undefined], "/data/a.csv"), true);
  equal(isShownIn(["/data"], "/data/.aws/a.csv"), false);
  equal(isShownIn(["/data"], "/other/a.csv"), false);
  equal(isShownIn(["/data/id_rsa"], "/data/id_rsa"), false);
});

const inside = (root: string, ...outside: string[]) =>
  ownFolders({ root, outside }).map((folder) => folder.inside);

Deno.test("ownFolders() keeps the places of folders relative to each other, and names without brackets and stars", () => {
  deepEqual(inside("/work/shop"), ["/project/shop"]);
  deepEqual(inside("/"), ["/project/project"]);
  deepEqual(inside("/work/a[b]*c?", "/work/libs [2]"), ["/project/a_b__c_", "/project/libs _2_"]);
  deepEqual(inside("/w/apps/shop", "/w/libs", "/w"), ["/project/apps/shop", "/project/libs", "/project"]);
});

Deno.test("ownFolders() omits folders that are part of the project anyway", () => {
  deepEqual(ownFolders({ root: "/w/shop", outside: ["/w/shop", "/w/shop/conf", "/w/shopping"] }), [
    { path: "/w/shop", inside: "/project/shop" },
    { path: "/w/shopping", inside: "/project/shopping" },
  ]);
  deepEqual(outsideByPath({ root: "/w/shop", outside: ["/w/shop/conf", "/libs"] }), {
    "/libs": "/project/libs",
  });
});
