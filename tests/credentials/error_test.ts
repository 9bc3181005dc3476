import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { renderError } from "../../src/cli/text/error.ts";
import { assertTranscript } from "../cli/transcript.ts";
import { entraError, EXPLANATIONS, readEntraProblem } from "../../src/credentials/entra_errors.ts";

const SUBJECT = {
  credential: "github-oidc",
  tenant: "contoso.example",
  clientId: "app-id",
  audience: "https://management.azure.com",
};

function errorFor(description: string, credential = SUBJECT.credential) {
  const body = JSON.stringify({ error: "x", error_description: description, correlation_id: "c" });
  return entraError(readEntraProblem(body)!, { ...SUBJECT, credential });
}

/** Descriptions as quoted by users. */
const CASES: Readonly<Record<string, readonly [description: string, credential?: string]>> = {
  "a subject without a federated credential": [
    "AADSTS700213: No matching federated identity record found for presented assertion subject 'repo:contoso/bikes:ref:refs/heads/dev'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation Trace ID: 1 Correlation ID: 2 Timestamp: 3",
  ],
  "a subject without a federated credential (old message)": [
    "AADSTS70021: No matching federated identity record found for presented assertion. Assertion Issuer: 'https://token.actions.githubusercontent.com'. Assertion Subject: 'repo:contoso/bikes:pull_request'. Assertion Audience: 'api://AzureADTokenExchange'. https://docs.microsoft.com/azure/active-directory/develop/workload-identity-federation\r\nTrace ID: 1",
  ],
  "an expired assertion": [
    "AADSTS700024: Client assertion is not within its valid time range. Current time: 2026-01-02T03:04:05.0Z, assertion valid from 2026-01-02T01:00:00.0Z, expiry time of assertion 2026-01-02T01:10:00.0Z. Review the documentation.",
  ],
  "an assertion before its time": [
    "AADSTS700024: Client assertion is not within its valid time range. Current time: 2026-01-02T03:04:05.0Z, assertion valid from 2026-01-02T05:00:00.0Z, expiry time of assertion 2026-01-02T05:10:00.0Z.",
  ],
  "an expired assertion in a file": [
    "AADSTS700024: Client assertion is not within its valid time range. Current time: 2026-01-02T03:04:05.0Z, assertion valid from 2026-01-02T01:00:00.0Z, expiry time of assertion 2026-01-02T01:10:00.0Z.",
    "workload-identity",
  ],
  "a malformed assertion in a file": ["AADSTS50027: JWT token is invalid or malformed.", "workload-identity"],
  "an unregistered certificate": ["AADSTS700027: It is not registered.", "environment"],
  "an expired secret": [
    "AADSTS7000222: The provided client secret keys for app 'app-id' are expired. Visit the Azure portal to create new keys for your app.",
  ],
  "missing multi-factor authentication for one audience": [
    "AADSTS50076: Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '797f4846'.",
  ],
};

for (const [name, [description, credential]] of Object.entries(CASES)) {
  Deno.test(`entraError() explains ${name}`, async (t) => {
    await assertTranscript(t, renderError(errorFor(description, credential)).text, import.meta.url);
  });
}

Deno.test("entraError() reports auth.refused without an AADSTS code", () => {
  const error = errorFor("The provided request is not valid.");
  strictEqual(error.code, "auth.refused");
  strictEqual(error.message, "Cannot sign in with github-oidc: The provided request is not valid.");
});

Deno.test("entraError() shows the message of an unknown AADSTS code", () => {
  const unknown = errorFor("AADSTS1234567: Something new. Trace ID: 1");
  strictEqual(unknown.code, "auth.aadsts1234567");
  strictEqual(unknown.message, "Cannot sign in with github-oidc: AADSTS1234567: Something new.");
  match(unknown.hint!, /^Look the code up at/);
  deepStrictEqual(unknown.details, ["Correlation id: c"]);
  const bare = entraError(readEntraProblem('{"error":"server_error"}')!, SUBJECT);
  strictEqual(bare.message, "Cannot sign in with github-oidc: server_error");
  deepStrictEqual(bare.details, []);
});

Deno.test("entraError() suggests `az login` with the required tenant", () => {
  const problem = readEntraProblem(JSON.stringify({ error: "x", error_description: "AADSTS50173: x" }))!;
  const hint = (subject: object) => entraError(problem, { credential: "azure-cli", ...subject }).hint;
  strictEqual(hint({}), "Run `az login`");
  strictEqual(hint({ tenant: "organizations" }), "Run `az login`");
  strictEqual(hint({ tenant: "t" }), "Run `az login --tenant t`");
  strictEqual(hint({ credential: "session" }), "Run `kedro-azureml auth login`");
});

Deno.test("entraError() explains each AADSTS code in its table", async (t) => {
  const lines = Object.keys(EXPLANATIONS).map((number) => {
    const { message, hint } = errorFor(`AADSTS${number}: x`);
    return `${number}: ${message.replace("Cannot sign in with github-oidc: ", "")}\n  ${hint ?? "no hint"}\n`;
  });
  await assertTranscript(t, lines.join(""), import.meta.url);
});
