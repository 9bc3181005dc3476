import { noBrowserReason } from "../core/browser.ts";
import { ExitCode, UserError, type Warning } from "../core/errors.ts";
import { loadCloud } from "../core/net/clouds.ts";
import { signInPerson } from "../credentials/browser_and_device_code.ts";
import { type Interaction, variable } from "../credentials/credential.ts";
import { readIdentity } from "../credentials/identity.ts";
import { ANY_TENANT, createPublicClient, DEVELOPER_CLIENT_ID } from "../credentials/public_client.ts";
import { openSessionStore } from "../credentials/session.ts";
import type { AppContext } from "./context.ts";

/**
 * Signs a person in with the browser, or with a device code if there is none, and saves the session for later commands.
 *
 * @returns `path` only if the session was saved, and `warning` if a credential takes precedence over it.
 * @throws {UserError} `auth.*` when the person or Entra ID declines, `auth.session_file` when it cannot be saved.
 */
export async function signIn(
  ctx: AppContext,
  { interaction, deviceCode, tenant, clientId = DEVELOPER_CLIENT_ID, claims, store }: {
    readonly interaction: Interaction;
    /** Whether to use a device code even if there is a browser. */
    readonly deviceCode: boolean;
    /** Tenant to sign in to (default: AZURE_TENANT_ID, else the person's own). */
    readonly tenant: string | undefined;
    /** Application to sign in to (default: Azure CLI). */
    readonly clientId: string | undefined;
    /** JSON of a claims challenge that the sign-in must meet. */
    readonly claims: string | undefined;
    readonly store: boolean;
  },
) {
  const cloud = await loadCloud(ctx);
  const sessions = store ? requireStore(ctx) : undefined;
  // Fail before the person signs in if the session cannot be saved.
  await sessions?.prepare();
  const client = await createPublicClient(ctx, {
    cloud,
    tenant: tenant ?? variable(ctx.env, "AZURE_TENANT_ID") ?? ANY_TENANT,
    clientId,
    credential: deviceCode || noBrowserReason(ctx) !== undefined ? "device-code" : "browser",
    onRetry: (event) => ctx.report({ type: "retry", ...event }),
  });
  const scope = cloud.resourceManagerScope;
  const { account, token } = await signInPerson(ctx, interaction, client, {
    scope,
    demand: { claims },
    deviceCode,
  });
  const { authority } = cloud;
  await sessions?.write({ id: ctx.random.uuid(), authority, clientId, account, cache: client.serialize() });
  const { name = account.username, objectId } = readIdentity(token.token);
  const { path } = sessions ?? {};
  return { name, objectId, tenant: account.tenant, path, warning: precedenceWarning(ctx.env) };
}

function requireStore(ctx: AppContext) {
  const store = openSessionStore(ctx);
  if (store !== undefined) return store;
  throw new UserError("Cannot save the session: no home folder", {
    // auth.session_file: The session cannot be saved. Set HOME, or use `--no-store`.
    code: "auth.session_file",
    exit: ExitCode.Config,
    hint: "Set HOME, or use `--no-store` to sign in without saving",
  });
}

/** A warning if environment variables configure a credential that takes precedence over the session. */
export function precedenceWarning(env: AppContext["env"]): Warning | undefined {
  const isSet = (name: string) => variable(env, name) !== undefined;
  const proof = ["AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_FEDERATED_TOKEN_FILE"].find(
    isSet,
  );
  if (proof === undefined || !isSet("AZURE_CLIENT_ID") || !isSet("AZURE_TENANT_ID")) return undefined;
  return {
    // auth.session_not_first: Another credential takes precedence over the session. Unset its variables, or
    //   use `--credential session`.
    code: "auth.session_not_first",
    message: `${proof} is set and takes precedence over your session`,
    hint: `Unset ${proof}, or use \`--credential session\``,
  };
}

/** Removes the session that {@linkcode signIn} saved. */
export async function logout(
  ctx: AppContext,
): Promise<{ readonly removed: boolean; readonly path: string | undefined }> {
  const store = openSessionStore(ctx);
  return { removed: await store?.remove() ?? false, path: store?.path };
}
