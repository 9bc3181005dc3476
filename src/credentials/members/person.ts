import {
  type Credential,
  type CredentialContext,
  type CredentialName,
  type CredentialOptions,
  failed,
  notConfigured,
  type Token,
  type Unavailable,
  variable,
} from "../credential.ts";
import { noBrowserReason } from "../sign_in/open_browser.ts";
import { signInByBrowser } from "../sign_in/browser_sign_in.ts";
import { signInByDeviceCode } from "../sign_in/sign_in_person.ts";
import type { Interaction } from "../interaction.ts";
import {
  type Account,
  ANY_TENANT,
  createPublicClient,
  DEVELOPER_CLIENT_ID,
  type PublicClient,
  type SignedIn,
  type SignInRequest,
} from "../sign_in/public_client.ts";
import { stepUp } from "../sign_in/step_up.ts";

/** Credential for a person who signs in with a browser on this machine; tokens are kept in memory only. */
export function browserCredential(ctx: CredentialContext, options: CredentialOptions): Credential {
  return personCredential(ctx, options, "browser", async (interaction, client, request) => {
    const signedIn = await signInByBrowser(ctx, interaction, client, request);
    return "notOpened" in signedIn ? failed(`no browser can be opened: ${signedIn.notOpened}`) : signedIn;
  });
}

/** Credential for a person who enters a code in a browser on any machine; tokens are kept in memory only. */
export function deviceCodeCredential(ctx: CredentialContext, options: CredentialOptions): Credential {
  return personCredential(ctx, options, "device-code", signInByDeviceCode);
}

const NOT_INTERACTIVE = "not interactive (CI, --no-input, --json, or no terminal)";

const RERUN_HINT = "Run the command again";

type SignIn = (
  interaction: Interaction,
  client: PublicClient,
  request: SignInRequest,
) => Promise<SignedIn | Unavailable>;

function personCredential(
  ctx: CredentialContext,
  options: CredentialOptions,
  name: CredentialName & ("browser" | "device-code"),
  signIn: SignIn,
): Credential {
  const { cloud, interaction, noPromptReason = NOT_INTERACTIVE, onRetry } = options;
  let known: { readonly client: PublicClient; readonly account: Account } | undefined;

  async function first(present: Interaction, scope: string): Promise<Token | Unavailable> {
    const tenant = options.tenant ?? variable(ctx.env, "AZURE_TENANT_ID") ?? ANY_TENANT;
    const made = { cloud, tenant, clientId: DEVELOPER_CLIENT_ID, credential: name, onRetry };
    const client = await createPublicClient(ctx, made);
    const signedIn = await signIn(present, client, { scope });
    if ("unavailable" in signedIn) return signedIn;
    known = { client, account: signedIn.account };
    return signedIn.token;
  }

  return {
    name,
    isInteractive: true,
    async getToken(scope, { claims, tenant } = {}) {
      if (interaction === undefined) return notConfigured(noPromptReason);
      const noBrowser = name === "browser" ? noBrowserReason(ctx) : undefined;
      if (noBrowser !== undefined) return notConfigured(noBrowser);
      if (known === undefined) return await first(interaction, scope);
      const { client, account } = known;
      if (claims !== undefined || tenant !== undefined) {
        const request = { scope, demand: { claims, tenant }, account, interaction, hint: RERUN_HINT };
        const signedIn = await stepUp(ctx, client, request);
        return "unavailable" in signedIn ? signedIn : signedIn.token;
      }
      return (await client.silently(scope, account.id)).token;
    },
  };
}
