import type { Cloud } from "../core/net/clouds.ts";
import { ExitCode, UserError, type Warning } from "../core/errors.ts";
import { type CredentialContext, type CredentialOptions, type Interaction, variable } from "./credential.ts";
import { noBrowserReason } from "../core/browser.ts";
import { ANY_TENANT, createPublicClient, DEVELOPER_CLIENT_ID, type SignedIn } from "./public_client.ts";
import { openSessionStore } from "./session.ts";
import { signInPerson } from "./browser_and_device_code.ts";

interface Login extends SignedIn {
  /** `undefined` if it is not saved. */
  readonly path: string | undefined;
}

/**
 * Signs a person in with the browser, or with a device code if there is none, and saves the session for later
 * commands.
 *
 * @throws {UserError} `auth.*` when the person or Entra ID declines, `auth.session_file` when it cannot be saved.
 */
export async function login(
  ctx: CredentialContext,
  options: Pick<CredentialOptions, "onRetry"> & {
    readonly cloud: Cloud;
    readonly interaction: Interaction;
    /** Tenant to sign in to (default: AZURE_TENANT_ID, else the person's own). */
    readonly tenant?: string | undefined;
    /** Application to sign in to (default: {@linkcode DEVELOPER_CLIENT_ID}). */
    readonly clientId?: string | undefined;
    readonly claims?: string | undefined;
    /** Whether to use a device code even if there is a browser. */
    readonly deviceCode: boolean;
    readonly store: boolean;
  },
): Promise<Login> {
  const { cloud, tenant, clientId = DEVELOPER_CLIENT_ID, store, onRetry } = options;
  const sessions = store ? requireStore(ctx) : undefined;
  // Fail before the person signs in if the session cannot be saved.
  await sessions?.prepare();
  const client = await createPublicClient(ctx, {
    cloud,
    tenant: tenant ?? variable(ctx.env, "AZURE_TENANT_ID") ?? ANY_TENANT,
    clientId,
    credential: options.deviceCode || noBrowserReason(ctx) !== undefined ? "device-code" : "browser",
    onRetry,
  });
  const signedIn = await signInPerson(ctx, options.interaction, client, {
    scope: cloud.resourceManagerScope,
    demand: { claims: options.claims },
    deviceCode: options.deviceCode,
  });
  const { authority } = cloud;
  const { account } = signedIn;
  await sessions?.write({ id: ctx.random.uuid(), authority, clientId, account, cache: client.serialize() });
  return { ...signedIn, path: sessions?.path };
}

function requireStore(ctx: CredentialContext) {
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
export function precedenceWarning(env: CredentialContext["env"]): Warning | undefined {
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

/** Removes the session that {@linkcode login} saved. */
export async function logout(
  ctx: CredentialContext,
): Promise<{ readonly removed: boolean; readonly path: string | undefined }> {
  const store = openSessionStore(ctx);
  return { removed: await store?.remove() ?? false, path: store?.path };
}
