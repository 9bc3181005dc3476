import { loadCloud } from "../core/net/clouds.ts";
import { readIdentity } from "../credentials/identity.ts";
import type { Interaction } from "../credentials/credential.ts";
import { login, precedenceWarning } from "../credentials/login.ts";
import type { AppContext } from "./context.ts";

export { logout } from "../credentials/login.ts";

/**
 * Signs a person in, and saves the session for later commands.
 *
 * @returns `path` only if the session was saved, and `warning` if a credential takes precedence over it.
 */
export async function signIn(ctx: AppContext, request: {
  readonly interaction: Interaction;
  readonly deviceCode: boolean;
  /** Tenant to sign in to (default: AZURE_TENANT_ID, else the person's own). */
  readonly tenant: string | undefined;
  /** Application to sign in to (default: Azure CLI). */
  readonly clientId: string | undefined;
  /** JSON of a claims challenge that the sign-in must meet. */
  readonly claims: string | undefined;
  readonly store: boolean;
}) {
  const { token, account, path } = await login(ctx, {
    ...request,
    cloud: await loadCloud(ctx),
    onRetry: (event) => ctx.report({ type: "retry", ...event }),
  });
  const { name = account.username, objectId } = readIdentity(token.token);
  return { name, objectId, tenant: account.tenant, path, warning: precedenceWarning(ctx.env) };
}
