import { strictEqual } from "node:assert/strict";
import { isSecretName, redact } from "../../src/core/secrets.ts";

const JWT = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwczovL20ifQ.c2lnbmF0dXJl";

const CASES: Record<string, [before: string, after: string]> = {
  "a SAS URL": [
    "https://a.blob.core.windows.net/c/b?sv=2024&sig=Ab%2Fc%3D&se=2026",
    "https://a.blob.core.windows.net/c/b?sv=2024&sig=***&se=2026",
  ],
  "a form": ["grant_type=x&client_secret=a~b&client_id=c", "grant_type=x&client_secret=***&client_id=c"],
  "JSON": ['{"access_token": "abc", "expires_in": 3}', '{"access_token": "***", "expires_in": 3}'],
  "Azure CLI's JSON": ['{"accessToken":"abc","tenant":"t"}', '{"accessToken":"***","tenant":"t"}'],
  "a header": [`authorization: Bearer ${JWT}`, "authorization: Bearer ***"],
  "text with a token": [`got ${JWT}, thanks`, "got ***, thanks"],
  "a connection string": [
    "DefaultEndpointsProtocol=https;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDX==;X=y",
    "DefaultEndpointsProtocol=https;AccountKey=***;X=y",
  ],
  "a proxy URL": ["through http://ada:p%40ss@proxy:8080/", "through http://***@proxy:8080/"],
  "a token of GitHub": [`PAT is ghp_${"a1B2c3".repeat(6)}.`, "PAT is ***."],
  "a client secret of Entra ID": [`--password abc8Q~${"x".repeat(34)}`, "--password ***"],
  "text without secrets": [
    'Cannot read job "signal=on": the design is https://host:8080/a@b?api-version=1',
    'Cannot read job "signal=on": the design is https://host:8080/a@b?api-version=1',
  ],
};

for (const [kind, [before, after]] of Object.entries(CASES)) {
  Deno.test(`redact() ${before === after ? "does not change" : "removes secrets from"} ${kind}`, () =>
    strictEqual(redact(before), after));
}

const KEYS = [
  ...["sig", "client_secret", "client_assertion", "assertion", "password", "refresh_token", "access_token"],
  ...["id_token", "accessToken", "refreshToken", "idToken", "device_code", "code_verifier", "AccountKey"],
  ...["SharedAccessSignature", "sasToken", "secret"],
];

for (const key of KEYS) {
  Deno.test(`redact() removes the value of ${key} from a form, a query, a connection string and JSON`, () => {
    for (const name of [key, key.toUpperCase()]) {
      strictEqual(redact(`${name}=a~b-c&d=e`), `${name}=***&d=e`);
      strictEqual(redact(`https://x.example/?d=e&${name}=abc`), `https://x.example/?d=e&${name}=***`);
      strictEqual(redact(`D=e;${name}=abc;F=g`), `D=e;${name}=***;F=g`);
      strictEqual(redact(`{"${name}" : "abc","d":"e"}`), `{"${name}" : "***","d":"e"}`);
      strictEqual(redact(`{'${name}':'abc'}`), `{'${name}':'***'}`);
    }
    strictEqual(redact(`my${key}=abc ${key}: abc`), `my${key}=abc ${key}: abc`);
  });
}

for (const scheme of ["Bearer", "Basic", "SharedKey", "SharedAccessSignature"]) {
  Deno.test(`redact() removes what follows ${scheme} in a header, unless it is a short word`, () => {
    strictEqual(redact(`${scheme} account:a1B2+/c3=`), `${scheme} ***`);
    strictEqual(redact(`${scheme.toLowerCase()}  a1B2c3d4, x`), `${scheme.toLowerCase()} ***, x`);
    strictEqual(redact(`${scheme} tokens are`), `${scheme} tokens are`);
  });
}

for (
  const token of [
    ...["ghp", "gho", "ghu", "ghs", "ghr"].map((kind) => `${kind}_${"a1B2c3".repeat(6)}`),
    `github_pat_${"a1B2_3".repeat(10)}`,
    `glpat-${"a1B2-".repeat(4)}`,
    `hf_${"aB".repeat(17)}`,
    `a~c8Q~${"x".repeat(31)}`,
    JWT,
    JWT.slice(0, JWT.lastIndexOf(".")),
  ]
) {
  Deno.test(`redact() removes a token with the prefix ${token.slice(0, 10)}`, () => {
    strictEqual(redact(`It is ${token}, "${token}"`), 'It is ***, "***"');
  });
}

Deno.test("redact() removes only the user and password of a URL", () => {
  strictEqual(redact("http://ada:pw@proxy:8080"), "http://***@proxy:8080");
  strictEqual(redact("http://:pw@proxy"), "http://***@proxy");
  strictEqual(
    redact("http://ada@proxy and https://host:443/a:b@c"),
    "http://ada@proxy and https://host:443/a:b@c",
  );
});

Deno.test("redact() removes a known secret in each encoding of requests", () => {
  const secret = "a b/c+d=";
  const text = `${secret} | ${encodeURIComponent(secret)} | ${new URLSearchParams({ s: secret })}`;
  strictEqual(redact(text, [secret, undefined]), "*** | *** | s=***");
});

Deno.test("redact() removes a given secret of at least four characters, even if it is encoded", () => {
  strictEqual(redact("abcd abc abcd abcd abcd", ["abcd", "abc", undefined]), "*** abc *** *** ***");
  strictEqual(redact("p%40ss%20word p@ss+word p%40ss+word", ["p@ss word"]), "*** p@ss+word ***");
});

for (
  const name of [
    ...["MY_SECRET", "secretName", "passwd", "PASSWORD", "passphrase", "GITHUB_TOKEN", "aws_credentials"],
    ...[
      "apikey",
      "api_key",
      "API-KEY",
      "access_key",
      "AccountKey",
      "private-key",
      "shared_key",
      "storageKey",
    ],
    ...["connection_string", "ConnectionString", "AZURE_SAS", "sas", "db_pwd", "PWD_OLD"],
  ]
) {
  Deno.test(`isSecretName() returns true for ${name}`, () => strictEqual(isSecretName(name), true));
}

for (const name of ["USER", "keyboard", "PRIMARY_KEY", "sasha", "cpwds", "path", "authors", "connection"]) {
  Deno.test(`isSecretName() returns false for ${name}`, () => strictEqual(isSecretName(name), false));
}
