import { strictEqual } from "node:assert/strict";
import { redact } from "../../src/core/secrets.ts";

Deno.test("redact() does not change text without secrets", () => {
  const text = 'Cannot read job "signal=on": the design is https://host:8080/a@b?api-version=1';
  strictEqual(redact(text), text);
});

const KEYS = [
  ...["sig", "client_secret", "client_assertion", "assertion", "password", "refresh_token", "access_token"],
  ...["id_token", "accessToken", "refreshToken", "idToken", "device_code", "code_verifier", "AccountKey"],
  ...["SharedAccessSignature", "sasToken", "secret"],
];

for (const key of KEYS) {
  Deno.test(`redact() removes the value of ${key}`, () => {
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

Deno.test("redact() removes the login of a URL", () => {
  strictEqual(redact("through http://ada:p%40ss@proxy:8080/"), "through http://***@proxy:8080/");
  strictEqual(redact("http://:pw@proxy"), "http://***@proxy");
  strictEqual(redact("git+https://abcdefghij0123456789@host/x"), "git+https://***@host/x");
  strictEqual(
    redact("http://ada@proxy and https://host:443/a:b@c"),
    "http://ada@proxy and https://host:443/a:b@c",
  );
});

Deno.test("redact() removes an encoded secret", () => {
  const secret = "a b/c+d=";
  const text = `${secret} | ${encodeURIComponent(secret)} | ${new URLSearchParams({ s: secret })}`;
  strictEqual(redact(text, [secret, undefined]), "*** | *** | s=***");
});

Deno.test("redact() keeps secrets below four characters", () => {
  strictEqual(redact("abcd abc abcd abcd abcd", ["abcd", "abc", undefined]), "*** abc *** *** ***");
  strictEqual(redact("p%40ss%20word p@ss+word p%40ss+word", ["p@ss word"]), "*** p@ss+word ***");
});
