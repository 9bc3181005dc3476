import { ExitCode, UserError } from "../../core/errors.ts";

/**
 * Makes sure that something can be a tenant, before it becomes part of an address.
 *
 * @throws {UserError} `auth.tenant` for what is neither an id nor a domain.
 */
export function requireTenant(tenant: string, credential: string): void {
  if (/^[0-9A-Za-z.-]+$/.test(tenant) && /[0-9A-Za-z]/.test(tenant)) return;
  throw new UserError(`Cannot sign in with ${credential}: "${tenant}" is neither a tenant id nor a domain`, {
    code: "auth.tenant",
    exit: ExitCode.Auth,
    hint: "Set AZURE_TENANT_ID, or `--tenant`, to what `az account show --query tenantId` prints",
  });
}

/**
 * The same for whoever is no person: an application or a workload is of one tenant, and cannot say "any".
 *
 * @throws {UserError} `auth.tenant`.
 */
export function requireOneTenant(tenant: string, credential: string): void {
  requireTenant(tenant, credential);
  if (!/^(common|organizations|consumers)$/i.test(tenant)) return;
  throw new UserError(
    `Cannot sign in with ${credential}: "${tenant}" stands for many tenants, and it is of one`,
    {
      code: "auth.tenant",
      exit: ExitCode.Auth,
      hint: "Set AZURE_TENANT_ID, or `--tenant`, to what `az account show --query tenantId` prints",
    },
  );
}
