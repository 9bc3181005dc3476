import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { repeatedDemand, unmetDemand, wrongTenant } from "../../../src/credentials/chain/demands.ts";
import type { CredentialName } from "../../../src/credentials/credential.ts";

const DEMAND = { tenant: "other" };

/** The hint for a credential that cannot sign in to another tenant. */
const SERVICES: readonly (readonly [CredentialName, RegExp])[] = [
  ["environment", /^Set AZURE_TENANT_ID to other/],
  ["workload-identity", /^Set AZURE_TENANT_ID to other/],
  ["github-oidc", /^Set AZURE_TENANT_ID to other/],
  ["azure-pipelines", /^Set the service connection's tenant to other/],
  ["managed-identity", /^Use a machine of the subscription's tenant/],
];
for (const [name, hint] of SERVICES) {
  Deno.test(`wrongTenant() explains why the ${name} credential cannot sign in to another tenant`, () => {
    match(wrongTenant(name, DEMAND)?.hint ?? "", hint);
  });
}

for (const name of ["azure-cli", "azd", "session", "browser", "device-code"] as const) {
  Deno.test(`wrongTenant() lets the ${name} credential try another tenant`, () => {
    strictEqual(wrongTenant(name, DEMAND), undefined);
  });
}

Deno.test("wrongTenant() returns undefined for a demand for claims, or without a tenant", () => {
  strictEqual(wrongTenant("environment", { ...DEMAND, claims: "{}" }), undefined);
  strictEqual(wrongTenant("environment", {}), undefined);
});

const SCOPE = "https://management.azure.com/.default";
const CLAIMS = '{"access_token":{"acrs":{"values":["p1"]}}}';
const REASON = { unavailable: "no", because: "failed" } as const;

Deno.test("unmetDemand() names the tenant or the claims that Azure requires", () => {
  const tenant = unmetDemand("azure-cli", SCOPE, DEMAND, { ...REASON, hint: "Do it" });
  deepStrictEqual([tenant.code, tenant.exit, tenant.message, tenant.hint], [
    "auth.tenant_required",
    4,
    'Azure requires a token from tenant "other": no',
    "Do it",
  ]);
  const audience = "https://management.azure.com";
  deepStrictEqual(tenant.data, { credential: "azure-cli", audience, claims: undefined, tenant: "other" });
  const claims = unmetDemand("azure-cli", SCOPE, { ...DEMAND, claims: CLAIMS }, REASON);
  deepStrictEqual([claims.code, claims.message, claims.hint], [
    "auth.claims_required",
    "Azure requires multi-factor authentication for this request: no",
    undefined,
  ]);
});

Deno.test("repeatedDemand() explains why a token that meets the demand is refused", () => {
  const tenant = repeatedDemand("azd", SCOPE, DEMAND);
  deepStrictEqual([tenant.code, tenant.hint], ["auth.tenant_required", "Run `kedro-azureml auth status`"]);
  match(tenant.message, /it rejected the token that azd got from there$/);
  const service = repeatedDemand("environment", SCOPE, { claims: CLAIMS });
  match(service.message, /environment is not a person and cannot complete a prompt/);
  match(service.hint!, /for workload identities/);
  const person = repeatedDemand("session", SCOPE, { claims: "{}" });
  match(person.message, /a stronger sign-in .*: it refused the new token that session got for that, too$/);
  match(person.hint!, /which Conditional Access policy applies$/);
});
