import { match, strictEqual } from "node:assert/strict";
import { wrongTenant } from "../../../src/credentials/chain/demands.ts";
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
