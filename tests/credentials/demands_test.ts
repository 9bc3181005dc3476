import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { repeatedDemand, unmetDemand, wrongTenant } from "../../src/credentials/chain.ts";
import type { CredentialName } from "../../src/credentials/chain_order.ts";

const DEMAND = { tenant: "other" };

const THERE = "and AZURE_CLIENT_ID to an application that has a service principal there";

/** The hint for a credential that cannot sign in to another tenant. */
const SERVICES: readonly (readonly [CredentialName, string])[] = [
  ["environment", `Set AZURE_TENANT_ID to other, ${THERE}`],
  ["azure-pipelines", `Set the service connection's tenant to other, ${THERE}`],
  ["managed-identity", "Use a machine of the subscription's tenant, or another credential (`--credential`)"],
];
for (const [name, hint] of SERVICES) {
  Deno.test(`wrongTenant() says that ${name} cannot sign in to another tenant`, () => {
    deepStrictEqual(wrongTenant(name, DEMAND), {
      because: "failed",
      unavailable: `the subscription belongs to tenant "other", and ${name} signs in to another one`,
      hint,
    });
  });
}

for (const name of ["azure-cli", "azd", "session", "browser", "device-code"] as const) {
  Deno.test(`wrongTenant() accepts another tenant for ${name}`, () => {
    strictEqual(wrongTenant(name, DEMAND), undefined);
  });
}

const SCOPE = "https://management.azure.com/.default";
const CLAIMS = '{"access_token":{"acrs":{"values":["p1"]}}}';
const REASON = { unavailable: "no", because: "failed" } as const;

Deno.test("unmetDemand() names the tenant that Azure requires", () => {
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
  const other = '{"access_token":{"acrs":{"values":["c2"]},"amr":{"values":["p1"]}}}';
  strictEqual(
    unmetDemand("azure-cli", SCOPE, { ...DEMAND, claims: other }, REASON).message,
    "Azure requires a stronger sign-in (a claims challenge) for this request: no",
  );
});

for (
  const [name, advice] of [
    ["environment", /for workload identities applies/],
    ["session", /policy applies$/],
  ] as const
) {
  Deno.test(`repeatedDemand() explains a second claims challenge for ${name}`, () =>
    match(repeatedDemand(name, SCOPE, { claims: CLAIMS }).hint!, advice));
}
