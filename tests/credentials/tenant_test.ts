import { doesNotThrow, throws } from "node:assert/strict";
import { requireOneTenant, requireTenant } from "../../src/credentials/entra_http.ts";

const ERROR = {
  code: "auth.tenant",
  message: /Cannot sign in with environment: /,
  hint: "Set AZURE_TENANT_ID or `--tenant` to the output of `az account show --query tenantId`",
};

Deno.test("requireTenant() rejects names with URL syntax", () => {
  for (const tenant of ["", "..", "-", "a/b", "a?b", "a b", "a\n", "ü.example", "a@b"]) {
    throws(() => requireTenant(tenant, "environment"), ERROR, tenant);
    throws(() => requireOneTenant(tenant, "environment"), ERROR, tenant);
  }
});

Deno.test("requireOneTenant() rejects common and organizations", () => {
  for (const tenant of ["common", "Organizations", "consumers"]) {
    throws(() => requireOneTenant(tenant, "environment"), {
      ...ERROR,
      message: `Cannot sign in with environment: it needs a specific tenant, not "${tenant}"`,
    });
  }
  doesNotThrow(() => requireOneTenant("common.example", "environment"));
});
