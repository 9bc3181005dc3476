import { parseYaml } from "../../src/config/omegaconf/yaml.ts";
import { secretsOf } from "../../src/config/conf_files.ts";
import { findSecrets } from "../../src/azureml/checks/secrets_in_upload.ts";
import { findSecretIn } from "../../src/azureml/checks/secret_forms.ts";
import { isSecretName, maskedText, redact, secretFile, withoutSecrets } from "../../src/core/secrets.ts";
import { chooseEnviron, isSecretPath } from "../../src/kedro/visible.ts";
import { assertTranscript } from "../fakes/assert_transcript.ts";
import { fakeContext } from "../fakes/context.ts";

/** Parts of names of variables and keys, and texts before and after them. */
const NAMES =
  ("token secret password passwd passphrase credential credentials api_key apikey api-key access_key account_key " +
    "private_key shared_key storage_key connection_string conn_str sas pwd pat auth dsn cookie session jwt key " +
    "tokenizer tokens token_id max_tokens pad_token user bearer").split(" ");
const AROUND: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => name.toUpperCase(),
  (name) => `db_${name}`,
  (name) => `${name}_name`,
  (name) => `${name}Url`,
  (name) => `x${name}s`,
  (name) => `${name}.value`,
  (name) => `MY_${name.toUpperCase()}_FILE`,
  (name) => `AWS_${name.toUpperCase()}`,
];
const MORE_NAMES =
  ("AZURE_CLIENT_ID ARM_X MSI_SECRET IDENTITY_HEADER IMDS_ENDPOINT ACTIONS_ID SYSTEM_ACCESSTOKEN VSTS_X ENDPOINT_URL " +
    "GITHUB_TOKEN GH_TOKEN CI_JOB_TOKEN CI_JOB_JWT GITLAB_PASSWORD CI_REGISTRY_PASSWORD GITHUB_SHA GITHUB_TOKENS_X " +
    "HTTPS_PROXY http_proxy ALL_PROXY NO_PROXY AZURE_FEDERATED_TOKEN_FILE SSL_CERT_FILE GOOGLE_X GCP_X SSH_AUTH_SOCK " +
    "GPG_TTY HOME PATH AZURE_CLIENT_CERTIFICATE_PASSWORD tokenizers special_tokens_map eos_token_ids token_limit " +
    "passwort keyboard monkey author secretName aws_credentials API-KEY private-key shared_key ConnectionString " +
    "AZURE_SAS PWD_OLD USER PRIMARY_KEY sasha cpwds connection azure_client_id IMDS_X ENDPOINT_AUTH GITHUB_MY_SECRET " +
    "BITBUCKET_STEP_TOKEN CIRCLE_OIDC_TOKEN BUILDKITE_AGENT_TOKEN MY_KEYS CONNECTIONSTR X_CONN_STR X_SAS AUTH MY_PAT " +
    "SENTRY_DSN COOKIE SESSION_ID MY_JWT AWS_REGION _ Path PWD OLDPWD SHELL TMPDIR PYTHONPATH LD_LIBRARY_PATH DYLD_X " +
    "DENO_DIR NODE_OPTIONS VIRTUAL_ENV CONDA_PREFIX AZURELIKE SASHA PATTERN SHELLS").split(" ");

const PATHS =
  (".env .env. .env.local .env.example .env.md a.env id_rsa id_rsa.pub id_ecdsa_sk deploy_rsa a.pem A.PEM " +
    "a.key a.ppk a.pfx a.p12 a.jks a.keystore a.kdbx a.ovpn a.crt a.cer a.der credentials credentials.yml " +
    "credentials.yml.tmpl credentials-prod.json credentials_x.ini credentials.txt .credentials.yml.swp my_credentials.yml .netrc netrc _netrc " +
    "_npmrc .pypirc .pgpass .npmrc .git-credentials .dockercfg .htpasswd .kubeconfig kubeconfig a.kubeconfig " +
    "service_principal.json service-account-x.json sp_credentials.json client_secret.json azure_credentials.json " +
    "azureauth.json msal_token_cache.bin accessTokens.json secrets.yml secret.toml secrets secrets.py terraform.tfstate " +
    "terraform.tfstate.backup src/a.py conf/base/credentials.yml conf/local/a.yml .aws/credentials .azure/a.json " +
    ".kube/config .docker/config.json .ssh/id_x .ssh/known_hosts .ssh/a.pub .git/config a/.venv/b node_modules/x " +
    "keys/a.txt key token.json tokens.csv password.txt credentials_db.json id_dsa id_ecdsa id_ed25519 TLS.PEM " +
    "conf\\credentials.yml env keys.py src/key.py pem id_rs .env~ .env.swp .env.local.swp .id_rsa .secrets.toml .secrets.yml.swp .envrc .env-prod prod.env .environment a.pem.bak " +
    "secrets.yml~ #.env# .service_principal.json.swp a/terraform.tfstate.1700000000.backup keys.py.swp a.env.yml " +
    ".databrickscfg local.settings.json x.publishsettings application_default_credentials.json").split(" ");

const SECRET = "aB3dE6gH9kL2nP5qR8tU1wX4zC7fJ0mQ";
const TEXTS: readonly string[] = [
  ...["password", "token", "api_key", "client_secret", "sig", "tokenizer", "user", "AccountKey"].flatMap((
    name,
  ) => [
    `${name}=${SECRET}`,
    `${name}: ${SECRET}`,
    `"${name}": "${SECRET}"`,
    `--${name} ${SECRET}`,
    `--${name}=${SECRET} --other=1`,
    `${name} == "${SECRET}"`,
    `${name}: [a, ${SECRET}]\nrest: 1`,
    `${name}:\n  - ${SECRET}\nrest: 1`,
    `def f(${name}: str | None = "${SECRET}", b=1): pass`,
    `https://h/x?${name}=${SECRET}&b=1`,
    `${name}=`,
    `${name}: |\n  ${SECRET}\n  more\nrest`,
  ]),
  `Bearer ${SECRET}`,
  `Authorization: Basic ${SECRET}`,
  `eyJ${SECRET}.${btoa('{"exp":1,"iss":"https://sts.example"}').replaceAll("=", "")}.${SECRET}${SECRET}`,
  "Bearer tokens are",
  `sharedkey account:${SECRET}`,
  `SharedAccessSignature  ${SECRET}, x`,
  ...["ghp", "gho", "ghu", "ghs", "ghr"].map((kind) => `${kind}_${SECRET}aB3d`),
  `eyJ${SECRET}.${btoa('{"exp":1}').replaceAll("=", "")}.`,
  `github_pat_${SECRET}`,
  "glpat-abcdefghij0123456789",
  `hf_${SECRET}ab`,
  `hf_${"aB".repeat(17)}`,
  `a~c8Q~${SECRET}`,
  `abc8Q~${SECRET}`,
  "https://user:pass@host/x",
  "https://user@host/x",
  "postgresql+psycopg2://u:passw0rd@db.example/x",
  `AZURE_CLIENT_SECRET=${SECRET}`,
  `sig=${SECRET}${SECRET.slice(0, 11)}%3D`,
  `AccountKey=${SECRET}${SECRET}${SECRET.slice(0, 22)}==`,
  `SharedAccessKey=${SECRET}${SECRET.slice(0, 11)}=`,
  "AKIAQWERTYUIOPASDFGH",
  "AIzaSyA1234567890abcdefghijklmnopqrstuv",
  `pypi-AgEI${SECRET}${SECRET}`,
  `-----BEGIN RSA PRIVATE KEY-----\n${SECRET}${SECRET}\n`,
  "LS0tLS1CRUdJTiBSU0Eg",
  "PuTTY-User-Key-File-2: ssh-rsa",
  "User ID=sa;Password=passw0rd1;",
  `token=${SECRET} # secretlint-disable-line`,
  "a b\nc: d",
];

Deno.test("names with password, token or key count as secrets", async (t) => {
  const names = [...NAMES.flatMap((name) => AROUND.map((around) => around(name))), ...MORE_NAMES];
  const ctx = fakeContext();
  const kinds = new Map<string, string[]>();
  for (const name of new Set(names)) {
    const { variables } = chooseEnviron({ [name]: "x" }, undefined);
    await ctx.fs.writeText(`/p/${name}.yml`, `${name}: value\n`);
    const inConf = await secretsOf(ctx, "/p", [parseYaml(`${name}: value\n`, `${name}.yml`)!]);
    const answers = {
      shown: isSecretName(name),
      conf: inConf.length > 0,
      hidden: !(name in variables),
      never: !(name in chooseEnviron({ [name]: "x" }, [name]).variables),
      child: !(name in withoutSecrets({ [name]: "x" })),
    };
    collect(kinds, Object.entries(answers).filter(([, is]) => is).map(([what]) => what).join(" "), name);
  }
  await assertTranscript(t, tableOf(kinds), import.meta.url);
});

Deno.test("paths of keys and credentials count as secrets", async (t) => {
  const kinds = new Map<string, string[]>();
  for (const path of PATHS.flatMap((path) => [path, `data/${path}`])) {
    collect(kinds, `${isSecretPath(path) ? "not read; " : ""}${secretFile(path) ?? ""}`.trimEnd(), path);
  }
  await assertTranscript(t, tableOf(kinds), import.meta.url);
});

Deno.test("texts with tokens or keys count as secrets", async (t) => {
  const lines = await Promise.all(TEXTS.map(async (text) => {
    const found = await findSecretIn(text, "a.txt");
    const ctx = fakeContext({ files: { "/a.json": text } });
    const file = { name: "a.json", path: "/a.json", sizeBytes: text.length };
    const [inJson] = await findSecrets(ctx.fs, [file as Parameters<typeof findSecrets>[1][number]]);
    const [redacted, masked] = [redact(text, ["more"]), maskedText(text)];
    return [
      JSON.stringify(text),
      `redacted ${redacted === text ? "not at all" : JSON.stringify(redacted)}`,
      `masked ${masked === text ? "not at all" : masked === redacted ? "as well" : JSON.stringify(masked)}`,
      ...(found === undefined ? [] : [`found: ${found.reason}, line ${found.line}`]),
      ...(inJson === undefined ? [] : [`in JSON: ${inJson.reason}`]),
    ].join("; ").replaceAll(SECRET, "SECRET");
  }));
  await assertTranscript(t, lines.join("\n"), import.meta.url);
});

/** Adds a name to those of the same kind. */
function collect(kinds: Map<string, string[]>, kind: string, name: string): void {
  kinds.set(kind, [...kinds.get(kind) ?? [], name]);
}

/** Each kind, and below it the names of that kind, in lines of about 100 characters. */
function tableOf(kinds: ReadonlyMap<string, readonly string[]>): string {
  return [...kinds].map(([kind, names]) =>
    [
      `${kind || "no secret"}:`,
      ...names.join(" ").match(/.{1,100}(?: |$)/g)!.map((line) => `  ${line.trim()}`),
    ]
      .join("\n")
  ).join("\n");
}
