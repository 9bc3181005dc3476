import { UserError } from "../../core/errors.ts";

/** Requires a tenant id or domain before it becomes part of a URL. @throws {UserError} `auth.tenant`. */
export function requireTenant(tenant: string, credential: string): void {
  if (/^[0-9A-Za-z.-]+$/.test(tenant) && /[0-9A-Za-z]/.test(tenant)) return;
  throw invalid(credential, `"${tenant}" is neither a tenant id nor a domain`);
}

/**
 * Like {@linkcode requireTenant}, but also rejects names for any tenant, such as `common`: applications and workloads
 * belong to one tenant.
 *
 * @throws {UserError} `auth.tenant`.
 */
export function requireOneTenant(tenant: string, credential: string): void {
  requireTenant(tenant, credential);
  if (!/^(common|organizations|consumers)$/i.test(tenant)) return;
  throw invalid(credential, `it needs a specific tenant, not "${tenant}"`);
}

function invalid(credential: string, problem: string): UserError {
  return new UserError(`Cannot sign in with ${credential}: ${problem}`, {
    code: "auth.tenant",
    hint: "Set AZURE_TENANT_ID or `--tenant` to the output of `az account show --query tenantId`",
  });
}
