import { Buffer } from "node:buffer";
import { deepEqual, rejects } from "node:assert/strict";
import { findSecrets } from "../../../src/azureml/checks/secrets_in_upload.ts";
import { selectCode } from "../../../src/azureml/job/code/select.ts";
import { secretFile } from "../../../src/core/secrets.ts";
import { systemFs } from "../../../src/system/fs.ts";
import { fakeContext } from "../../fakes/context.ts";
import { createFolder } from "../../fakes/folder.ts";

const SECRET: Readonly<Record<string, string>> = {
  "a file of environment variables": ".env .env.prod conf/.env",
  "a private key":
    "id_rsa keys/id_ed25519 id_dsa id_ecdsa_sk deploy_rsa deploy/server.pem tls.key putty.ppk .ssh/deploy",
  "a key store": "store.p12 store.pfx store.jks a.keystore",
  credentials: "conf/base/credentials.yml credentials_prod.json credentials.toml credentials.csv",
  "credentials of a tool":
    ".netrc _netrc .pypirc .pgpass .npmrc .git-credentials .dockercfg .htpasswd a.kdbx a.ovpn a.kubeconfig kubeconfig",
  "a service principal":
    "service-principal.json sp_credentials.json service_account.json client_secret_1234.json",
  "credentials of Azure":
    ".azure/accounts.json .azure/a.bin azure_credentials.json azureauth.json msal_token_cache.bin accessTokens.json",
  secrets: "secrets.toml secret.yaml secrets.prod.env",
  "the state of Terraform, which has secrets": "infra/terraform.tfstate terraform.tfstate.backup",
  "secrets of Terraform": "infra/prod.auto.tfvars terraform.tfvars.json",
  "credentials of AWS": "home/.aws/credentials",
  "credentials of Kubernetes": ".kube/config",
  "credentials of Docker": ".docker/config.json",
};
const HARMLESS = [
  ".env.example",
  "conf/local/credentials_example.yml",
  "src/env.py",
  "src/credentials.py",
  "docs/secrets.md",
  "keyboard.json",
  "monkey.txt",
  "id_rsa.pub",
  ".ssh/known_hosts",
  ".ssh/deploy.pub",
  ".aws/config",
  "src/my_project/secrets.py",
  "data/keys.csv",
];

Deno.test("secretFile() recognizes files of secrets by name", () => {
  for (const [reason, names] of Object.entries(SECRET)) {
    for (const name of names.split(" ")) deepEqual([name, secretFile(name)], [name, reason]);
  }
  deepEqual(HARMLESS.filter((name) => secretFile(name) !== undefined), []);
});

Deno.test("findSecrets() finds keys and passwords in small files", async () => {
  const files: Record<string, string> = {
    "/p/azure.json": '{"clientId": "x", "clientSecret": "abcdefgh-1234"}',
    "/p/settings.json": '{"client_secret": "${SECRET}", "private_key": ""}',
    "/p/ca.pem": "-----BEGIN CERTIFICATE-----\n",
    "/p/own.pem": "-----BEGIN RSA PRIVATE KEY-----\n",
    "/p/conf/credentials.yml": '# key: old\ndb:\n  con: ${oc.env:CON}\n  user: "${oc.env:U}"\n',
    "/p/conf/credentials_own.yml": "db:\n  con: postgresql://me:pw@host/db\n",
    "/p/conf/base/credentials.yml": "db:\n  con: sqlite:///data/games.db\n",
    "/p/k8s/credentials.yaml": "kind: SealedSecret\nspec:\n  encryptedData:\n    password: AgBtYKDN\n",
    "/p/dev.tfvars": 'location = "westeurope"\nsecret_name = "shop"\n',
    "/p/prod.tfvars": 'location = "westeurope"\nadmin_password = "hush"\n',
    "/p/vendor/site-packages/tornado/test/test.key": "-----BEGIN PRIVATE KEY-----\n",
  };
  const { fs } = fakeContext({ files });
  const found = await findSecrets(
    fs,
    Object.entries(files).map(([path, text]) => ({ path, name: path.slice(3), sizeBytes: text.length })),
  );
  deepEqual(found, [
    { name: "azure.json", reason: "credentials" },
    { name: "own.pem", reason: "a private key" },
    { name: "conf/credentials_own.yml", reason: "credentials" },
    { name: "prod.tfvars", reason: "secrets of Terraform" },
  ]);
});

Deno.test("findSecrets() finds secrets behind links of other names", async () => {
  await using folder = await createFolder({
    ".amlignore": "/.env\n/notes.txt\n/.docker/\n",
    ".env": "DB=hush",
    "notes.txt": `token ghp_${"a1B2c3".repeat(6)}`,
    ".docker/config.json": "{}",
    "src/a.txt": "-> ../.env",
    "src/site-packages/a/tests/b.pkl": "-> ../../../../notes.txt",
    "config.json": "-> .docker/config.json",
    "src/c.pkl": "-> a.csv",
    "src/a.csv": "1",
  });
  const { files } = await selectCode(systemFs, folder.root);
  deepEqual(await findSecrets(systemFs, files), [
    { name: "config.json", target: ".docker/config.json", reason: "credentials of Docker" },
    { name: "src/a.txt", target: ".env", reason: "a file of environment variables" },
    { name: "src/site-packages/a/tests/b.pkl", target: "notes.txt", reason: "a GitHub token", line: 1 },
  ]);
});

Deno.test("findSecrets() finds secrets of a tool whose folder is the code folder", async () => {
  const { fs } = fakeContext({ files: { "/p/.kube/config": "token: hush", "/p/.kube/a.txt": "x" } });
  const files = ["config", "a.txt"].map((name) => ({ path: `/p/.kube/${name}`, name, sizeBytes: 9 }));
  deepEqual(await findSecrets(fs, files), [{ name: "config", reason: "credentials of Kubernetes" }]);
});

Deno.test("findSecrets() does not read large source files", async () => {
  const { fs } = fakeContext({ files: { "/p/a.py": "x" } });
  const read: string[] = [];
  const readText = (path: string) => {
    read.push(path);
    return fs.readText(path);
  };
  const files = [["a.py", 1], ["large.py", 20_000_000], ["data.parquet", 10]] as const;
  const found = await findSecrets(
    { ...fs, readText },
    files.map(([name, sizeBytes]) => ({ path: `/p/${name}`, name, sizeBytes })),
  );
  deepEqual([found, read], [[], ["/p/a.py"]]);
});

Deno.test("findSecrets() finds tokens in notebooks and UTF-16 text", async () => {
  const token = `ghp_${"a1B2c3".repeat(6)}`;
  const files: Record<string, string | Uint8Array<ArrayBuffer>> = {
    "/p/large.ipynb": `{"image/png": "${"iVBORw0K".repeat(400_000)}", "source": "${token}"}`,
    "/p/notes.txt": new Uint8Array(Buffer.from(`\uFEFFtoken ${token}\r\n`, "utf16le")),
    "/p/old.txt": new Uint8Array(Buffer.from(`token ${token}\r\n`, "utf16le").swap16()),
    "/p/zero.py": `# \0\ntoken = "${token}"\n`,
    "/p/plot.svg": `<svg><path d="${"M 48.2 7.1 L 50 3e-5 ".repeat(9)}z"/><text>${token}</text></svg>`,
    "/p/ca-bundle.pem": `# ${"x".repeat(40_000)}\n-----BEGIN CERTIFICATE-----\n`,
    "/p/registry.json": `{"auths": {"x.azurecr.io": {"auth": "${"a1B2c3".repeat(6)}"}}}`,
    "/p/other.json": '{"auth": {"type": "none"}, "auths": {}}',
    "/p/hash.json": `{"auth": "${"a1B2c3".repeat(6)}"}`,
    "/p/binary.dat": `${"\0".repeat(9)} ${token}`,
  };
  const { fs } = fakeContext({ files });
  const found = await findSecrets(
    fs,
    Object.entries(files).map(([path, { length }]) => ({ path, name: path.slice(3), sizeBytes: length })),
  );
  deepEqual(found.map(({ name }) => name), [
    "large.ipynb",
    "notes.txt",
    "old.txt",
    "zero.py",
    "plot.svg",
    "registry.json",
  ]);
});

Deno.test("findSecrets() ignores an empty .gitkeep in .ssh", async () => {
  const { fs } = fakeContext();
  const kept = { path: "/p/.ssh/.gitkeep", name: ".ssh/.gitkeep", sizeBytes: 0 };
  deepEqual(await findSecrets(fs, [{ ...kept, keepsFolder: true }]), []);
  deepEqual(await findSecrets(fs, [kept]), [{ name: ".ssh/.gitkeep", reason: "a private key" }]);
});

Deno.test("a code file that cannot be searched for secrets is an error", async () => {
  const { fs } = fakeContext();
  const readText = () => Promise.reject(new Deno.errors.PermissionDenied());
  const file = { path: "/p/a.txt", name: "a.txt", sizeBytes: 3 };
  await rejects(findSecrets({ ...fs, readText }, [file]), { code: "code.unreadable" });
});

Deno.test("secrets are found in texts of other encodings than UTF-8", async () => {
  const text = `# ${"\ufffd".repeat(400)}\n-----BEGIN PRIVATE KEY-----\nMIIEvQ${
    "A".repeat(80)
  }\n-----END PRIVATE KEY-----\n`;
  const { fs } = fakeContext({ files: { "/p/a.py": text } });
  const found = await findSecrets(fs, [{ path: "/p/a.py", name: "a.py", sizeBytes: 900 }]);
  deepEqual(found.map(({ name }) => name), ["a.py"]);
});
