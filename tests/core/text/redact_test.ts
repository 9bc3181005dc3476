import { deepEqual, strictEqual } from "node:assert/strict";
import { isSecretName, redact } from "../../../src/core/text/redact.ts";

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

Deno.test("redact() removes a known secret in each encoding that requests use", () => {
  const secret = "a b/c+d=";
  const text = `${secret} | ${encodeURIComponent(secret)} | ${new URLSearchParams({ s: secret })}`;
  strictEqual(redact(text, [secret, undefined]), "*** | *** | s=***");
});

Deno.test("redact() removes a given secret of at least four characters, even if it is encoded", () => {
  strictEqual(redact("abcd abc", ["abcd", "abc", undefined]), "*** abc");
  strictEqual(redact("p%40ss%20word p@ss+word p%40ss+word", ["p@ss word"]), "*** p@ss+word ***");
});

Deno.test("isSecretName() distinguishes access tokens from tokens of text", () => {
  const names = (text: string) => text.split(" ").map((name) => [name, isSecretName(name)]);
  const expected = (text: string, isSecret: boolean) => text.split(" ").map((name) => [name, isSecret]);
  const secret =
    "token API_TOKEN accessToken hf_token tokens token_file slack.token db_password X_API_KEY x-api-key PRIVATE_KEY";
  const harmless =
    "max_tokens maxTokens max_new_tokens tokenizer tokenize pad_token eos_token_id token_count tokens_per_step";
  deepEqual(names(secret), expected(secret, true));
  deepEqual(names(harmless), expected(harmless, false));
});
