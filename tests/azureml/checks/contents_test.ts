import { deepEqual } from "node:assert/strict";
import { findSecretIn } from "../../../src/azureml/checks/secret_forms.ts";

/** Texts of letters and digits that mean nothing; made here, so that no scanner takes this file for a leak. */
function random(length: number, characters = "aZ3bY8cX1dW6eV4fU9gT2hS7iR5jQ0kP"): string {
  return Array.from({ length }, (_, at) => characters[(at * 7 + 3) % characters.length]).join("");
}

const KEY = `-----BEGIN ${"PRIVATE"} KEY-----\n${
  `MII${random(61)}\n`.repeat(4)
}-----END ${"PRIVATE"} KEY-----\n`;

const CLAIMS = btoa('{"aud":"https://management.azure.com","iss":"https://sts.windows.net/x"}').replaceAll(
  "=",
  "",
);

const GUID = `${random(8, "0a1b2c3d")}-4a5b-6c7d-8e9f-${random(12, "0a1b2c3d")}`;

const SECRETS: readonly (readonly [reason: string, text: string])[] = [
  ["a private key", KEY],
  ["a private key", KEY.replaceAll("PRIVATE", "RSA PRIVATE").slice(0, 120)],
  ["a private key", `-----BEGIN ${"OPENSSH"} PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ\n`],
  ["a GitHub token", `token = "ghp_${random(36)}"`],
  ["a GitHub token", `token = "github_pat_${random(82)}"`],
  ["a GitLab token", `glpat-${random(20)}`],
  ["a token of Slack", `xoxb-${"123456789012"}-${"123456789012"}-${random(24)}`],
  ["an npm token", `npm_${random(36)}`],
  ["an AWS key", `aws_secret_access_key = "${random(40)}"`],
  ["a PyPI token", `pypi-AgEIcHlwaS5vcmc${random(60)}`],
  ["a client secret of Azure", `secret: "abc8Q~${random(34)}"`],
  ["a client secret of Azure", `AZURE_CLIENT_SECRET=${random(40)}`],
  [
    "a SAS token of Azure storage",
    `url = "https://a.blob.core.windows.net/c?sv=2021&sr=c&sig=${random(43)}%3D&sp=r"`,
  ],
  ["an account key of Azure", `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${random(86)}==;`],
  ["a password of a database", `postgresql://shop:${random(12)}@db.shop.example:5432/main`],
  ["an access token (JWT)", `"Authorization": "Bearer eyJ${random(30)}.${CLAIMS}.${random(86)}"`],
  ["a private key", `key = """${KEY.replaceAll("\n", "\r\n")}"""`],
  ["a private key", `key: |\n  ${KEY.replaceAll("\n", "\n  ")}`.slice("key: |\n".length)],
  ["a private key", JSON.stringify(KEY)],
  ["a private key", KEY.split("\n").map((line) => `"${line}\\n"`).join("\n    ")],
  ["a private key", `client-key-data: ${btoa(KEY)}`],
  ["a private key", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none"],
  ["a SAS token of Azure storage", `"sv=2024-11-04&sr=c&sp=rl&sig=${random(20)}+/${random(21)}="`],
  ["a SAS token of Azure storage", `sas: sig=${random(43)}%3D&sv=2024-11-04`],
  ["a client secret of Azure", `os.environ["AZURE_CLIENT_SECRET"] = "${random(34)}"`],
  ["an account key of Azure", `$env:AZURE_STORAGE_KEY = "${random(86)}=="`],
  ["an account key of Azure", `az storage blob list --account-key ${random(86)}==`],
  ["an account key of Azure", `account_key: ${random(86)}==`],
  ["an account key of Azure", `key = "${random(76)}+ASt${random(6)}=="`],
  ["a key of Azure", `key = "${random(52)}JQQJ99${random(26)}"`],
  ["a key of Azure", `SharedAccessKey="${random(33)}+ASbA${random(5)}="`],
  ["a key of Azure", `docker login -p ${random(42)}+ACRA${random(5)}`],
  ["a key of Azure", `search: ${random(42)}AzSeA${random(5)}`],
  ["a key of Azure", `"x-functions-key": "${random(44)}AzFu${random(5)}Q=="`],
  ["a key of Azure", `redis: ${random(33)}AzCaA${random(5)}=`],
  ["a SAS token of Azure", `https://x.logic.azure.com/a?sp=%2Ftriggers%2Frun&sv=1.0&sig=${random(43)}`],
  [
    "a token of Azure DevOps",
    `--index-url https://${"abcdefgh234567".repeat(4).slice(0, 52)}@pkgs.dev.azure.com/o/f`,
  ],
  ["a token of Git", `extraheader = AUTHORIZATION: basic ${btoa(`x-access-token:${random(40)}`)}`],
  ["a token of Kubernetes", `    token: ${random(128, "0123456789abcdef")}`],
  ["an AWS key", `aws_access_key_id = ASIA${random(16, "ABCDEFG234567")}`],
  ["a token", `AGE-SECRET-KEY-1${random(58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L")}`],
  ["a token", `gldt-${random(20)}`],
  ["a token", `client_secret: GOCSPX-${random(28)}`],
  [
    "a connection string of Application Insights",
    `ai: InstrumentationKey=${GUID};IngestionEndpoint=https://x`,
  ],
  ["a connection string of Application Insights", `APPINSIGHTS_INSTRUMENTATIONKEY = "${GUID}"`],
  ["a token of Stripe", `stripe.api_key = "sk_live_${random(24)}"`],
  ["an AWS key", `S3FileSystem(key="AKIA${random(16, "ABCDEFG234567")}", secret="${random(40)}")`],
  ["a Google Cloud key", `key=AIza${random(35)}`],
  ["a password of a database", `create_engine("postgresql+psycopg2://shop:${random(12)}@db.example/main")`],
  ["a password of a database", `"Server=tcp:x.example;User ID=a;Password=${random(12)};Encrypt=True"`],
  ["a token of Databricks", `dapi${random(32, "0123456789abcdef")}`],
  ["a Hugging Face token", `hf_${random(34, "abcdefghijklmnop")}`],
  ["an OpenAI key", `sk-proj-${random(74)}T3BlbkFJ${random(74)}`],
  ["a token of Anthropic", `sk-ant-api03-${random(93)}AA`],
  ["a token of Sendgrid", `SG.${random(22)}.${random(43)}`],
  ["a token of Docker", `dckr_pat_${random(27)}`],
];

Deno.test("findSecretIn() returns the kind and line of a secret", async () => {
  for (const [reason, text] of SECRETS) {
    deepEqual(await findSecretIn(`# one\n# two\n${text}\n`, "src/a.py"), { reason, line: 3 }, text);
  }
});

const HARMLESS = [
  'AZURE_CLIENT_SECRET = os.environ["AZURE_CLIENT_SECRET"]',
  "AZURE_CLIENT_SECRET: ${{ secrets.AZURE_CLIENT_SECRET }}",
  'git config http.extraheader = "AUTHORIZATION: basic <base64EncodedToken>"',
  'git -c http.extraheader="AUTHORIZATION: basic base64EncodedToken" fetch',
  "AZURE_CLIENT_SECRET=<the secret of the service principal>",
  'AZURE_CLIENT_SECRET="00000000-0000-0000-0000-000000000000"',
  "HTTPS_PROXY=http://user:password@proxy.example.com:8080",
  "con: postgresql://user:password@localhost/db",
  "con: ${oc.env:DATABASE_URL}",
  "GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}",
  'if "-----BEGIN PRIVATE KEY-----" in text:',
  "The token starts with `ghp_`, as in `ghp_xxxx`.",
  "sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  "https://acc.blob.core.windows.net/c?sig=***",
  'if text.startswith("-----BEGIN PRIVATE KEY-----") in the first line and others:',
  `client-certificate-data: ${btoa("-----BEGIN CERTIFICATE-----\nMIIB")}`,
  `"integrity": "sha512-${random(86)}=="`,
  "aws_access_key_id = AKIAIOSFODNN7EXAMPLE",
  `https://b.s3.amazonaws.com/a?X-Amz-Credential=AKIA${random(16, "ABCDEFG234567")}%2F20190215%2Fus-east-1`,
  `https://a.blob.core.windows.net/c?se=2023-12-20T22:54:52Z&amp;sr=c&amp;sig=${random(43)}%3D`,
  KEY.replace(random(10), "EXAMPLE"),
  `{"PrivateKey": "${KEY.slice(0, 90).replace("\n", "\\n")}...fvY4"}`,
  "InstrumentationKey=00000000-0000-0000-0000-000000000000",
  "postgresql+psycopg2://user:password@localhost/db",
  "create_engine(f'postgresql+psycopg2://{user}:{password1234}@{host}/db')",
  "mssql+pyodbc://sa:Passw0rd123@localhost/db",
  "User ID=a;Password={PASSWORD_1};",
  'AZURE_STORAGE_KEY = os.environ["AZURE_STORAGE_KEY"]',
  "postgresql+psycopg2://scott:tiger1@localhost/test",
  "MUST NOT contain credentials such as https://username:password@www.example.com/",
  "# Example: result_backend = db+postgresql://postgres:airflow@postgres/airflow",
  "mysql+pymysql://<username>:<password>@<host>/<dbname>",
  `jwt.decode("eyJhbGciOiJIUzI1NiJ9.${btoa('{"some":"payload"}')}.${random(43)}")`,
  `"${random(43)}": "token" # pragma: allowlist secret ghp_${random(36)}`,
  "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoMGMw==",
];

Deno.test("findSecretIn() ignores placeholders and hashes", async () => {
  for (const text of HARMLESS) deepEqual(await findSecretIn(`${text}\n`, "README.md"), undefined, text);
});

Deno.test("findSecretIn() ignores lines with a secretlint-disable-line comment", async () => {
  for (const [, text] of SECRETS.filter(([, text]) => !text.includes("\n"))) {
    deepEqual(await findSecretIn(`${text} # secretlint-disable-line\n`, "src/a.py"), undefined, text);
    deepEqual(await findSecretIn(`${text} # secretlint-disable-line`, "src/a.py"), undefined, text);
  }
});

Deno.test("findSecretIn() finds a secret after an ignored one", async () => {
  const key = `AccountKey=${random(86)}==`;
  const text = `${key} # secretlint-disable-line\n\n${key}\n`;
  deepEqual(await findSecretIn(text, "src/a.py"), { reason: "an account key of Azure", line: 3 });
});

const PROJECTS = new URL("../../golden/projects/", import.meta.url);

Deno.test("findSecretIn() finds no secrets in examples", async () => {
  for (const folder of [PROJECTS, new URL("../../../examples/", import.meta.url)]) {
    for (const file of textsBelow(folder)) {
      const text = await Deno.readTextFile(file);
      deepEqual(await findSecretIn(text, file.pathname), undefined, file.pathname);
    }
  }
});

function* textsBelow(folder: URL): Iterable<URL> {
  for (const { name, isDirectory, isFile } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* textsBelow(new URL(`${encodeURIComponent(name)}/`, folder));
    else if (isFile && /\.(?:py|ya?ml|toml|md|txt|json|ipynb)$/.test(name)) {
      yield new URL(encodeURIComponent(name), folder);
    }
  }
}
